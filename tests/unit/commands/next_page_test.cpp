// How more than one page is asked for, where the format has no place for it.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tests/unit/commands/command_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

struct ThreeJobs : Run {
  ThreeJobs() {
    const std::shared_ptr<MemoryStoreData> jobs = add_source("prod");
    for (const char* id : {"a", "b", "c"}) jobs->jobs.push_back(test_job(id));
  }
};

}  // namespace

TEST_CASE("what follows is said beside CSV, to people in words; tables say themselves how to see more") {
  ThreeJobs world;
  world.machine = false;
  world.format_name = "table";
  CHECK(world.run("job list", {"--limit", "2"}) == ExitCode::done);
  CHECK(world.notices.notes.empty());
  for (const char* format : {"csv", "tsv", "name"}) {
    world.format_name = format;
    world.terminal = false;
    CHECK(world.run("job list", {"--limit", "2"}) == ExitCode::done);
    REQUIRE(world.notices.notes.size() == 1);
    CHECK(world.notices.notes[0].starts_with("2 jobs shown; next page: --cursor "));
    world.terminal = true;
    CHECK(world.run("job list", {"--limit", "2"}) == ExitCode::done);
    CHECK(world.notices.notes == std::vector<std::string>{"2 jobs shown; more: --limit N, all: --limit 0"});
  }
}

TEST_CASE("JSON lines have no place for the cursor: it is said beside them") {
  ThreeJobs world;
  world.format_name = "jsonl";
  for (const bool terminal : {false, true}) {
    world.terminal = terminal;
    CHECK(world.run("job list", {"--limit", "1"}) == ExitCode::done);
    REQUIRE(world.notices.notes.size() == 1);
    CHECK(world.notices.notes[0].starts_with("1 job shown; next page: --cursor "));
  }
}
