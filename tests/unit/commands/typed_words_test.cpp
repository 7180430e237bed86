// Filters as they were typed, for the next command.
#include "commands/filter/typed_words.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;

using Words = std::vector<std::string>;

TEST_CASE("a filter is given on as it was typed, without groups of errors") {
  CHECK(typed_words({}).empty());
  FilterOptions options;
  options.queues = {"email", "a b"};
  options.failed = true;
  options.since = "1h";
  options.older_than_days = 1.5;
  options.error_groups = {"c52b9dec"};
  CHECK(typed_words(options) ==
        Words{"-q", "email", "-q", "a b", "--failed", "--since", "1h", "--older-than-days", "1.5"});
}
