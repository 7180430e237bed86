// The filter flags: what each becomes, and which values are refused.
#include "commands/filter/options.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "cli/options/parser.hpp"
#include "commands/context.hpp"
#include "commands/filter/words.hpp"
#include "commands/job/list_options.hpp"
#include "tests/unit/commands/filter_run.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

using Texts = std::vector<std::string>;

Texts states_of(const JobFilter& filter) {
  Texts words;
  for (const StateSelector& selector : filter.states)
    words.push_back(selector.state ? std::string(to_word(*selector.state)) : "native:" + selector.word);
  return words;
}

constexpr const char* hex = "0af7651916cd43dd8448eb211c80319c";

}  // namespace

TEST_CASE("no flag asks for everything") { CHECK(filter_of({}).empty()); }

TEST_CASE("trace ids: spellings, stdin, environment, exact") {
  const JobFilter two = filter_of({"--trace-id", hex, "--trace-id", "order-17"});
  REQUIRE(two.traces.size() == 2);
  CHECK(two.traces[0].typed == hex);
  CHECK(two.traces[0].canonical == Texts{hex});
  CHECK(two.traces[0].spellings.size() > 1);
  CHECK(two.traces[1].canonical.empty());

  const JobFilter piped = filter_of({"--trace-id", "-"}, "\n  order-17 \r\norder-18\n");
  REQUIRE(piped.traces.size() == 2);
  CHECK(piped.traces[0].typed == "order-17");
  CHECK(piped.traces[1].typed == "order-18");

  const std::string traceparent = std::string("00-") + hex + "-b7ad6b7169203331-01";
  const JobFilter from_environment = filter_of({"--trace-id", "env"}, "", {{"TRACEPARENT", traceparent}});
  REQUIRE(from_environment.traces.size() == 1);
  CHECK(from_environment.traces[0].canonical == Texts{hex});

  const JobFilter exact = filter_of({"--exact", "--trace-id", hex});
  CHECK(exact.traces[0].spellings == Texts{hex});
}

TEST_CASE("trace ids: what stands around a pasted one is no part of an id, and may be of a text that is none") {
  CHECK(filter_of({"--trace-id", std::string("\"") + hex + "\","}).traces[0].spellings ==
        filter_of({"--trace-id", hex}).traces[0].spellings);
  for (const std::string text : {"x'; touch pwned; echo '", "'; SELECT pg_sleep(9); --", "order-17;"}) {
    CAPTURE(text);
    for (const std::string& typed : {text, "raw:" + text}) {
      const JobFilter filter = filter_of({"--trace-id", typed});
      REQUIRE_FALSE(filter.traces.empty());
      CHECK(filter.traces[0].typed == text);
      CHECK(filter.traces[0].given == typed);
      CHECK(filter_of({"--trace-id", typed, "--exact"}).traces[0].spellings == Texts{typed});
    }
  }
  const JobFilter quoted = filter_of({"--trace-id", "\"order-17\""});
  REQUIRE(quoted.traces.size() == 2);
  CHECK(quoted.traces[0].typed == "\"order-17\"");
  CHECK(quoted.traces[1].typed == "order-17");
}

TEST_CASE("trace ids that cannot be") {
  CHECK(filter_refusal({"--trace-id", "-"}) ==
        "usage: --trace-id -: nothing on standard input | write one value per line");
  CHECK(filter_refusal({"--trace-id", "env"}) ==
        "usage: --trace-id env: TRACEPARENT is not set | export TRACEPARENT, or give the trace ID itself");
  CHECK(filter_refusal({"--trace-id", "00000000000000000000000000000000"}).starts_with("usage: "));
}

TEST_CASE("standard input that never ends is given up, though no line of it does") {
  const std::string endless(std::size_t{5} << 20, 'x');
  for (const char* flag : {"--trace-id", "--id"}) {
    CAPTURE(flag);
    CHECK(filter_refusal({flag, "-"}, endless) ==
          "usage: " + std::string(flag) + " -: more than 4 MiB on standard input");
  }
  CHECK(filter_of({"--id", "-"}, std::string(std::size_t{1} << 20, 'x')).ids.size() == 1);
}

TEST_CASE("ids on standard input: what looks finds them between blanks, too; what changes takes lines as they are") {
  CHECK(filter_of({"--id", "-"}, "a b\r\n\n  \n c1 \n").ids == Texts{"a b", " c1 ", "c1"});
}

TEST_CASE("values are taken one a flag, so that words behind them stay free") {
  const JobFilter filter = filter_of({"--queue",
                                      "high",
                                      "-q",
                                      "lo*",
                                      "-n",
                                      "dlq",
                                      "--correlation-id",
                                      "a",
                                      "--correlation-id",
                                      "b",
                                      "--span-id",
                                      "s",
                                      "--kind",
                                      "Mail*",
                                      "--type",
                                      "Pay",
                                      "--id",
                                      "abcd",
                                      "--worker",
                                      "w*",
                                      "--tenant",
                                      "t",
                                      "--workflow",
                                      "f",
                                      "--priority",
                                      "high",
                                      "-r",
                                      "5",
                                      "--error",
                                      "timed out"});
  CHECK(filter.queues == Texts{"high", "lo*", "dlq"});
  CHECK(filter.correlation_ids == Texts{"a", "b"});
  CHECK(filter.span_ids == Texts{"s"});
  CHECK(filter.kinds == Texts{"Mail*", "Pay"});
  CHECK(filter.ids == Texts{"abcd"});
  CHECK(filter.workers == Texts{"w*"});
  CHECK(filter.tenants == Texts{"t"});
  CHECK(filter.workflows == Texts{"f"});
  CHECK(filter.priorities == Texts{"high", "5"});
  CHECK(filter.errors == Texts{"timed out"});
  CHECK_THROWS_AS(parse(filter_command, {"--queue", "high", "stray"}), Error);
  CHECK(filter_of({"--id", "-"}, "one\ntwo\n").ids == Texts{"one", "two"});
}

TEST_CASE("states: comma lists, synonyms, a system's own words, short cuts") {
  CHECK(states_of(filter_of({"--state", "failed,DEAD"})) == Texts{"failed", "dead"});
  CHECK(states_of(filter_of({"--status", "active", "-t", "TimedOut"})) == Texts{"running", "native:TimedOut"});
  CHECK(states_of(filter_of({"--failed"})) == Texts{"failed", "dead"});
  CHECK(states_of(filter_of({"--failed"}, "", {}, FilterUse::changing)) == Texts{"failed"});
  CHECK(states_of(filter_of({"--dead", "--completed"})) == Texts{"dead", "completed"});
  CHECK(filter_refusal({"--state", "failed,,dead"}) ==
        "usage: --state: cannot read 'failed,,dead' | write state words separated by commas, as in failed,dead");
}

TEST_CASE("times are about the end of jobs where only ended jobs are asked for") {
  const auto field_of = [](Texts arguments, FilterUse use = FilterUse::reading) {
    arguments.insert(arguments.end(), {"--since", "1h"});
    return filter_of(arguments, "", {}, use).time_field;
  };
  for (const char* flag :
       {"--failed", "--dead", "--completed", "--state=cancelled", "--state=done,dead", "--error-group=3f9a1c02"}) {
    CAPTURE(flag);
    CHECK(field_of({flag}) == TimeField::ended);
    CHECK(field_of({flag}, FilterUse::changing) == TimeField::ended);
    CHECK(field_of({flag, "--time-field", "created"}) == TimeField::created);
    CHECK(filter_of({flag}).time_field == TimeField::created);  // no time is asked for
  }
  CHECK(field_of({"--failed", "--state", "retrying"}) == TimeField::created);
  CHECK(field_of({"--error-group=3f9a1c02", "--state", "retrying"}) == TimeField::created);
  CHECK(field_of({}) == TimeField::created);
  CHECK(filter_of({"--dead", "--older-than-days", "1"}).time_field == TimeField::ended);
  CHECK(filter_words(filter_of({"--dead", "--since", "2026-01-02"})) ==
        "--state dead --since 2026-01-02T00:00:00.000Z --time-field ended");
}

TEST_CASE("times: moments, aliases, the field they are about") {
  const JobFilter filter = filter_of({"--since", "2h", "--until", "2026-01-02T03:00:00Z", "--time-field", "finished"});
  CHECK(to_rfc3339(*filter.since) == "2026-01-02T01:04:05.000Z");
  CHECK(to_rfc3339(*filter.until) == "2026-01-02T03:00:00.000Z");
  CHECK(filter.time_field == TimeField::finished);
  const JobFilter aliases = filter_of({"--last-hours", "48", "--older-than-days", "1.5"});
  CHECK(to_rfc3339(*aliases.since) == "2025-12-31T03:04:05.000Z");
  CHECK(to_rfc3339(*aliases.until) == "2025-12-31T15:04:05.000Z");
  CHECK(aliases.time_field == TimeField::created);

  CHECK(filter_refusal({"--since", "yesterdayish"}) ==
        "usage: --since: cannot read 'yesterdayish' | write 15m, 2h, 7d, now-1h, 2026-01-31, RFC 3339 or Unix seconds");
  CHECK(filter_refusal({"--time-field", "done"}) ==
        "usage: --time-field: 'done' is not one of created, scheduled, started, finished, ended");
  CHECK(filter_refusal({"--since", "1h", "--until", "2h"}) ==
        "usage: no time lies between 2026-01-02T02:04:05.000Z (since) and 2026-01-02T01:04:05.000Z (until) | --since "
        "must be earlier than --until");
  CHECK(filter_refusal({"--last-hours", "-1"}).starts_with("usage: --last-hours: cannot read"));
  CHECK(filter_refusal({"--last-hours", "nan"}).starts_with("usage: --last-hours: cannot read"));
  CHECK_THROWS_AS(parse(filter_command, {"--since", "1h", "--last-hours", "1"}), Error);
  CHECK_THROWS_AS(parse(filter_command, {"--last-hours", "many"}), Error);
}

TEST_CASE("payload conditions") {
  const JobFilter filter = filter_of({"--where", "customer.id=42", "--where", "items.0.sku!=A=1", "--where",
                                      "note~late", "--where", "service\\.name=x", "--where", "flag="});
  REQUIRE(filter.where.size() == 5);
  using Comparison = PayloadCondition::Comparison;
  CHECK(filter.where[0].path == Texts{"customer", "id"});
  CHECK(filter.where[0].comparison == Comparison::equal);
  CHECK(filter.where[0].value == "42");
  CHECK(filter.where[1].path == Texts{"items", "0", "sku"});
  CHECK(filter.where[1].comparison == Comparison::not_equal);
  CHECK(filter.where[1].value == "A=1");
  CHECK(filter.where[2].comparison == Comparison::contains);
  CHECK(filter.where[2].value == "late");
  CHECK(filter.where[3].path == Texts{"service.name"});
  CHECK(filter.where[4].value.empty());
  CHECK(filter_of({"--where", "items[0].sku=A"}).where[0].path == Texts{"items", "0", "sku"});
  for (const char* bad : {"customer", "=1", "a..b=1", "!=1"})
    CHECK(filter_refusal({"--where", bad}) ==
          "usage: --where: cannot read '" + std::string(bad) +
              "' | write PATH=VALUE, PATH!=VALUE or PATH~TEXT, as in customer.id=42");
  for (const char* bad : {"[-1]=x", "items[*].sku=A", "items[0]sku=A"})
    CHECK(filter_refusal({"--where", bad}) ==
          "usage: --where: cannot read '" + std::string(bad) +
              "' | brackets hold the place of a list, from 0 on, as in items[0].sku=A7; write a\\[b\\] for the member "
              "a[b]");
}

TEST_CASE("an empty value is a mistake, not a wish for everything") {
  for (const char* flag : {"--queue", "--correlation-id", "--span-id", "--kind", "--id", "--error", "--priority",
                           "--worker", "--tenant", "--workflow"})
    CHECK(filter_refusal({flag, " "}) ==
          "usage: " + std::string(flag) + ": the value is empty | leave the option out to match all");
}

TEST_CASE("listing flags") {
  ListOptions options;
  std::vector<BoundOption> bound;
  bind_options(list_options(), options, bound);
  const std::vector<CommandOptions> commands{{"list", bound}};
  const auto parsed = [&](const Texts& arguments) {
    return set_values(parse_arguments({}, commands, arguments).given);
  };
  CHECK(options.limit == 50);
  CHECK(parsed({"list", "-l", "0", "--cursor", "abc", "--payload"}).empty());
  CHECK(options.limit == 0);
  CHECK(options.cursor == "abc");
  CHECK(options.payload);
  CHECK(parsed({"list", "--limit", "-1"}) == "--limit: '-1' is not a number of 0 or more");
  CHECK(parsed({"list", "--limit", "many"}) == "--limit: 'many' is not a number of 0 or more");
  CHECK(parsed({"list", "--limit", "18446744073709551616"}).starts_with("--limit: "));
}
