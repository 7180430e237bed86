// The lines before a question.
#include "commands/change/fact_lines.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace queuetrace;

namespace {

std::string text_of(const FactLines& lines) {
  std::string text;
  for (const Phrase& phrase : lines.phrases()) text += phrase.text;
  return text;
}

}  // namespace

TEST_CASE("the headline is bold, a protected source white on red, and a warning has the colour of doubts") {
  FactLines facts(80, "Retry 2 jobs in shop, PROTECTED; 1 skipped");
  facts.add_given("database", "postgresql:///shop");
  facts.add("warning", "queue 'email' is paused", "33");
  std::vector<std::string> parts;
  for (const Phrase& phrase : facts.phrases()) parts.push_back(std::string(phrase.color) + "|" + phrase.text);
  CHECK(parts == std::vector<std::string>{"1|Retry 2 jobs in shop, ", "1;37;41|PROTECTED", "1|; 1 skipped", "|\n",
                                          "|  database   ", "|postgresql:///shop\n", "33|  warning    ",
                                          "|queue 'email' is paused\n"});
}

TEST_CASE("facts fit the terminal, and go on under their first word") {
  const auto lines = [](int width) {
    FactLines facts(width);
    facts.add("purge",
              "deleted, with its copy in the archive and with its batch or workflow where that has no other job");
    facts.add("", "  2 skip: other jobs wait for it; queuetrace job cancel ID stops them");
    facts.add_given("such as", "prod/1  dead  email  connection refused by the server; rm -rf x");
    facts.add("incomplete", "no");
    return text_of(facts);
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
