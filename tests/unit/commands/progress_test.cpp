// What a person sees of work that is done in chunks.
#include <doctest/doctest.h>

#include "commands/change/apply_plan.hpp"

using namespace queuetrace;

TEST_CASE("progress: percent are rounded, and all of it only when all is done") {
  const auto line = [](std::uint64_t tried, std::uint64_t total) { return progress_line("purge", tried, total); };
  CHECK(line(27'312, 50'000) ==
        "purge [##########----------] 27,312 of 50,000 jobs (55%), Ctrl-C stops after this chunk");
  CHECK(line(5, 1'000) == "purge [--------------------] 5 of 1,000 jobs (1%), Ctrl-C stops after this chunk");
  CHECK(line(4, 1'000) == "purge [--------------------] 4 of 1,000 jobs (0%), Ctrl-C stops after this chunk");
  CHECK(line(999, 1'000) == "purge [###################-] 999 of 1,000 jobs (99%), Ctrl-C stops after this chunk");
  CHECK(line(1, 1) == "purge [####################] 1 of 1 job (100%), Ctrl-C stops after this chunk");
}

TEST_CASE("progress: without a total there is no share of it") {
  CHECK(progress_line("comparing", 6'300, 0) == "comparing: 6,300 jobs so far");
}
