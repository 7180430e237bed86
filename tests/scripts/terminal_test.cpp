// What people see on a terminal, and what a pipe gets of the same command.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/clean_environment.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/run_on_terminal.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

struct Person {
  Person() { environment["NO_COLOR"] = "1"; }

  static std::vector<std::string> with_program(std::vector<std::string> words) {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    return words;
  }
  TerminalResult on_terminal(const std::vector<std::string>& words, int width, const std::string& question = "",
                             const std::string& answer = "") const {
    return run_on_terminal(with_program(words), environment, width, question, answer);
  }
  ProgramResult in_pipe(const std::vector<std::string>& words) const {
    return run_program(with_program(words), environment);
  }

  testing::TemporaryFolder home;
  std::map<std::string, std::string> environment = clean_environment(home.path());
};

/// Hammerwork's jobs, in a source called hw.
struct Hammerwork : Person {
  Hammerwork() {
    std::filesystem::create_directories(home.path() / "config/queuetrace");
    std::ofstream(home.path() / "config/queuetrace/config.toml") << "[sources.hw]\nurl = '" << database.url() << "'\n";
  }
  PostgresDatabase database{std::string(TEST_SYSTEMS) + "/hammerwork/fixtures/dialect_c/load.sql"};
};

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

constexpr const char* health_hint =
    "give at least one of --max-age TIME, --max-depth N, --max-dead N, --max-failures N, --max-failure-rate PERCENT, "
    "--max-stale N, --min-coverage PERCENT; `queuetrace doctor` finds problems without any\n";

/// Ages of what the fixture holds are those of the day: `332d`.
std::string without_ages(const std::string& text) {
  return std::regex_replace(text, std::regex("(\\n[^ \n]+ +[0-9]+  )[0-9]+d *( |\n)"), "$1<age> $2");
}

}  // namespace

TEST_CASE("errors are broken at blanks on a terminal, and one line elsewhere") {
  const Person person;
  const TerminalResult seen = person.on_terminal({"health"}, 80);
  CHECK(seen.exit_code == 2);
  CHECK(seen.text ==
        "error: health: no limit to check\n"
        "  hint: give at least one of --max-age TIME, --max-depth N, --max-dead N,\n"
        "        --max-failures N, --max-failure-rate PERCENT, --max-stale N,\n"
        "        --min-coverage PERCENT; `queuetrace doctor` finds problems without any\n");
  CHECK(person.in_pipe({"health", "-o", "table"}).messages ==
        std::string("error: health: no limit to check\n  hint: ") + health_hint);
}

TEST_CASE("findings are broken at blanks on a terminal, commands begin a line of their own") {
  const Hammerwork person;
  const TerminalResult seen = person.on_terminal({"doctor"}, 80);
  CHECK(seen.exit_code == 0);
  CHECK(has(seen.text,
            "problem  no release writes these states (case counts): workers do not take such\n"
            "         a job, and one of them makes the library's own listings fail\n"
            "         (unknown-state)\n"));
  std::istringstream lines(seen.text);
  bool own_line = false;
  for (std::string line; std::getline(lines, line);) {
    CHECK_MESSAGE(line.size() <= 80, line);
    const std::size_t begin = line.find_first_not_of(' ');
    own_line = own_line || (begin != std::string::npos && line.substr(begin) == "queuetrace job show -s hw ID;");
  }
  CHECK_MESSAGE(own_line, seen.text);
  CHECK(has(person.in_pipe({"doctor", "-o", "table"}).output,
            "problem  no release writes these states (case counts): workers do not take such a job, and one of "
            "them makes the library's own listings fail (unknown-state)\n"));
}

TEST_CASE("a plan is shown whole on a terminal: reasons below their rows, ids as short as they can be pasted back") {
  const Hammerwork person;
  CHECK(without_ages(person.on_terminal({"job", "retry", "--state", "failed,dead", "--dry-run"}, 80).text) ==
        "Retry 4 jobs in hw (Hammerwork); 1 skipped\n"
        "  " +
            person.database.url() +
            "\n"
            "JOBS  --state failed,dead\n"
            "\nQUEUE  JOBS  SINCE  MOST OF THEM SAY\nemail     4  <age>  1 of 4: Dependency failed: job <id> failed\n\n"
            "WHAT  pending again and due now, its attempts counted from 0 unless they are\n"
            "      kept; its last error stays\n\n"
            "VERDICT  JOBS  REASON\n"
            "act         4  -\n"
            "skip        1  it is archived;\n"
            "               cargo hammerwork archive restore ID brings it back as pending\n\n"
            "ID        VERDICT  STATE   QUEUE\n"
            "  REASON\n"
            "00000006  act      failed  email\n"
            "0000000c  act      failed  email\n"
            "0000000d  act      dead    email\n"
            "0000000e  act      failed  email\n"
            "00000015  skip     dead    email\n"
            "  it is archived; cargo hammerwork archive restore ID brings it back as pending\n"
            "note: nothing was changed (--dry-run)\n");
}

TEST_CASE("the question is as wide as the terminal") {
  const Hammerwork person;
  const TerminalResult seen = person.on_terminal({"purge", "--queue", "*", "--no-backup"}, 60, "? [y/N] ", "n");
  CHECK(seen.exit_code == 6);
  CHECK(
      seen.text.starts_with("Purge 17 jobs in hw (Hammerwork); 4 skipped (--force would\n"
                            "    include 1 of them)\n"
                            "  database   "));
  CHECK(has(seen.text,
            "  what       deleted, with its copy in the archive and with\n"
            "             its batch or workflow where that has no other\n"
            "             job\n"
            "               1 skip: it is recurring: its schedule lives\n"
            "               in this row; it can be forced\n"));
  CHECK_MESSAGE(has(seen.text, "\n\nQUEUE              JOBS  SINCE  MOST OF THEM SAY\nemail                15  "),
                seen.text);
  CHECK_FALSE(has(seen.text, "hw/00000003"));
  CHECK(seen.text.ends_with("\npurge 17 jobs in hw? [y/N] error: not confirmed; nothing was changed\n"));
}

TEST_CASE("health and wait: no unit beside what shows it, ids whole") {
  const Hammerwork person;
  CHECK(person.on_terminal({"health", "--max-dead", "1", "--min-coverage", "50", "--queue", "email"}, 80).text ==
        "2 of 2 checks trip in hw\n"
        "STATUS   QUEUE  CHECK     VALUE  LIMIT\n"
        "tripped  email  coverage   5.9%    50%\n"
        "tripped  email  dead          2      1\n");
  const std::string id = "0000000b-0000-4000-8000-00000000000b";
  const std::string seen = person.on_terminal({"wait", "--job", id, "--state", "completed"}, 72).text;
  CHECK(seen.starts_with("job hw/" + id + " is completed after "));
  CHECK(seen.ends_with(".\n"));
}

}  // namespace queuetrace::test
