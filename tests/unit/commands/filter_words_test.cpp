// Filters as text: what is printed asks for the same jobs when it is given back.
#include "commands/filter/words.hpp"

#include <doctest/doctest.h>

#include <random>

#include "model/filter_conditions.hpp"
#include "tests/unit/commands/filter_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

/// The words of a command line as a POSIX shell reads them: blanks part, single quotes keep, \' is a quote.
std::vector<std::string> shell_words(std::string_view line) {
  std::vector<std::string> words;
  bool quoted = false, begun = false;
  for (std::size_t i = 0; i < line.size(); ++i) {
    const char c = line[i];
    if (!quoted && c == ' ') {
      begun = false;
      continue;
    }
    if (!begun) words.emplace_back();
    begun = true;
    if (c == '\'')
      quoted = !quoted;
    else if (!quoted && c == '\\')
      words.back() += line[++i];
    else
      words.back() += c;
  }
  return words;
}

void check_round_trip(const std::vector<std::string>& arguments) {
  const JobFilter asked = filter_of(arguments);
  const std::string words = filter_words(asked);
  INFO(words);
  const JobFilter again = filter_of(shell_words(words));
  REQUIRE(again == asked);
  REQUIRE(filter_digest(again) == filter_digest(asked));
}

}  // namespace

TEST_CASE("a filter in words is the command line that makes it") {
  CHECK(filter_words(JobFilter{}).empty());
  CHECK(filter_words(filter_of({"--where", "id~12", "--state", "dead,TimedOut", "-q", "mail out"})) ==
        "--queue 'mail out' --state dead,TimedOut --where 'id~12'");
  CHECK(filter_words(filter_of({"--since", "2026-01-02", "--time-field", "finished", "--id=-x"})) ==
        "--id=-x --since 2026-01-02T00:00:00.000Z --time-field finished");
  CHECK(filter_words(filter_of({"--id", "a", "--id", "b", "--id", "c", "-q", "q"}), 2) ==
        "--queue q --id a --id b (and 1 more id)");
}

TEST_CASE("traces are given back in the spelling that was meant") {
  for (const char* id : {"7C1E9D54B8A24F0F9E3D6A1B52C8704D", "7c1e9d*", "raw:7c1e9d54b8a24f0f", "order-17",
                         "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "hex:0af7651916cd43dd"}) {
    check_round_trip({"--trace-id", id});
    check_round_trip({"--trace-id", id, "--exact"});
  }
}

TEST_CASE("any filter that can be asked for is printed as one that can be pasted") {
  std::mt19937 random(20261129);
  constexpr std::string_view characters = "ab1-=~!.,\\*?' \"$`|;&\xc3\xa9";
  const auto text = [&] {
    std::string made = "x";
    for (std::size_t left = random() % 8; left > 0; --left) made += characters[random() % characters.size()];
    return random() % 4 == 0 ? "-" + made : made;
  };
  // Of a path, a dot parts members, which must not be empty.
  const auto path = [&] {
    std::string made = text();
    std::erase_if(made, [](char c) { return c == '.' || c == '\\'; });
    return made;
  };
  check_round_trip({"--where", "a\\.b.c\\\\.d=1"});
  const std::vector<std::string> flags{"correlation-id", "span-id",  "queue",  "kind",   "id",
                                       "error",          "priority", "worker", "tenant", "workflow"};
  const std::vector<std::string> states{"dead", "failed,dead", "active", "TimedOut, dead", "Done"};
  const std::vector<std::string> times{"1h", "2026-01-01T00:00:00.123456Z", "2025-12-31", "1767225600", "-infinity"};
  for (int round = 0; round < 400; ++round) {
    std::vector<std::string> arguments;
    const auto give = [&](const std::string& flag, const std::string& value) {
      arguments.push_back("--" + flag + "=" + value);
    };
    for (std::size_t count = random() % 5; count > 0; --count) give(flags[random() % flags.size()], text());
    if (random() % 2 == 0) give("where", path() + "~" + text());
    if (random() % 3 == 0) give("where", path() + "!=" + text());
    if (random() % 2 == 0) give("state", states[random() % states.size()]);
    if (random() % 3 == 0) arguments.push_back("--failed");
    if (random() % 2 == 0) give("since", times[random() % times.size()]);
    if (random() % 4 == 0) give("until", "infinity");
    if (random() % 4 == 0) give("time-field", "started");
    if (random() % 4 == 0) give("error-group", "0AF7651b");
    if (random() % 8 == 0) give("last-hours", "1.5");
    const bool twice = std::count_if(arguments.begin(), arguments.end(), [](const std::string& one) {
                         return one.starts_with("--since") || one.starts_with("--last-hours");
                       }) > 1;
    if (twice) arguments.pop_back();
    check_round_trip(arguments);
  }
}

TEST_CASE("fields hold each value by the name of its flag") {
  const Fields fields = filter_fields(filter_of({"-q", "a", "-q", "b", "--id", "1", "--id", "2", "--exact",
                                                 "--trace-id", "order-17", "--until", "2026-01-01"}),
                                      1);
  REQUIRE(fields.size() == 6);
  CHECK(fields[0].name == "trace-id");
  CHECK(fields[1].name == "exact");
  CHECK(fields[2].name == "queue");
  CHECK(std::get<Values>(fields[2].value).size() == 2);
  CHECK(std::get<Values>(fields[3].value).size() == 1);
  CHECK(std::get<std::string>(fields[4].value) == "2026-01-01T00:00:00.000Z");
  CHECK(fields[5].name == "further_ids");
  CHECK(std::get<std::int64_t>(fields[5].value) == 1);
}
