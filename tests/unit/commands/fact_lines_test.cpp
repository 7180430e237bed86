// The lines before a question.
#include "commands/change/fact_lines.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;

TEST_CASE("facts fit the terminal, and go on under their first word") {
  const auto lines = [](int width) {
    FactLines facts(width);
    facts.add("purge",
              "deleted, with its copy in the archive and with its batch or workflow where that has no other job");
    facts.add("", "  2 skip: other jobs wait for it; queuetrace job cancel ID stops them");
    facts.add_given("such as", "prod/1  dead  email  connection refused by the server; rm -rf x");
    facts.add("incomplete", "no");
    return facts.text();
  };
  CHECK(lines(50) ==
        "  purge      deleted, with its copy in the archive\n"
        "             and with its batch or workflow where\n"
        "             that has no other job\n"
        "               2 skip: other jobs wait for it;\n"
        "               queuetrace job cancel ID stops them\n"
        "  such as    prod/1  dead  email  connection\n"
        "               refused by the server; rm -rf x\n"
        "  incomplete no\n");
  CHECK(lines(0) == lines(80));
  CHECK(
      lines(80).starts_with("  purge      deleted, with its copy in the archive and with its batch or\n"
                            "             workflow where that has no other job\n"));
}
