// Numbers of things in sentences.
#include "model/count_words.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace queuetrace;

TEST_CASE("one is told in the singular, everything else in the plural") {
  CHECK(count_words(0, "job") == "0 jobs");
  CHECK(count_words(1, "job") == "1 job");
  CHECK(count_words(2, "more job") == "2 more jobs");
  CHECK(count_words(1, "entry", "entries") == "1 entry");
  CHECK(count_words(0, "entry", "entries") == "0 entries");
  CHECK(count_words(1, "key is", "keys are") == "1 key is");
  CHECK(count_words(12'345, "key is", "keys are") == "12,345 keys are");
}

TEST_CASE("digits in groups of three") {
  CHECK(grouped(0) == "0");
  CHECK(grouped(999) == "999");
  CHECK(grouped(1'000) == "1,000");
  CHECK(grouped(std::numeric_limits<std::uint64_t>::max()) == "18,446,744,073,709,551,615");
}
