// -o openmetrics, read by the parser of Prometheus' own client for Python.
#include <doctest/doctest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/support/clean_environment.hpp"
#include "tests/support/postgres_server.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

using nlohmann::json;

/// Reads a document from standard input; fails where it breaks the format, and prints every sample:
/// {"NAME": [[{labels}, value], ...]}.
constexpr const char* parser = R"(
import json, sys
from prometheus_client.openmetrics.parser import text_string_to_metric_families
samples = {}
for family in text_string_to_metric_families(sys.stdin.read()):
    assert family.type == 'gauge' and family.documentation, family
    for sample in family.samples:
        samples.setdefault(sample.name, []).append([sample.labels, sample.value])
print(json.dumps(samples)))";

/// The prefix of the classic text format, which text-file collectors read: comments alone differ.
constexpr const char* classic_parser = R"(
import sys
from prometheus_client.parser import text_string_to_metric_families
print(sum(len(family.samples) for family in text_string_to_metric_families(sys.stdin.read()))))";

struct Source {
  Source() { database.run("UPDATE hammerwork_jobs SET queue_name = E'a\\\\b\\n\"c\" é' WHERE queue_name = 'paused'"); }
  ProgramResult run(std::vector<std::string> words) const {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    words.insert(words.end(), {"-s", database.url()});
    return run_program(words, clean_environment(home.path()), "", 60);
  }
  json samples(const std::vector<std::string>& words, int exit_code) const {
    const ProgramResult result = run(words);
    INFO(result.output, result.messages);
    CHECK(result.exit_code == exit_code);
    const ProgramResult read = run_program({"/usr/bin/python3", "-c", parser}, {}, result.output, 60);
    CHECK(read.messages == "");
    REQUIRE(read.exit_code == 0);
    const json samples = json::parse(read.output);
    std::size_t count = 0;
    for (const json& family : samples) count += family.size();
    CHECK(run_program({"/usr/bin/python3", "-c", classic_parser}, {}, result.output, 60).output ==
          std::to_string(count) + "\n");
    return samples;
  }

  PostgresDatabase database{std::string(TEST_SYSTEMS) + "/hammerwork/fixtures/dialect_c/load.sql"};
  testing::TemporaryFolder home;
};

/// The value of the sample with these labels; a failed test without exactly one.
double value_of(const json& samples, const std::string& family, const json& labels) {
  std::vector<double> values;
  for (const json& sample : samples.at(family)) {
    bool fits = true;
    for (const auto& [name, value] : labels.items()) fits = fits && sample.at(0).at(name) == value;
    if (fits) values.push_back(sample.at(1).get<double>());
  }
  CAPTURE(family);
  CAPTURE(labels.dump());
  REQUIRE(values.size() == 1);
  return values.front();
}

}  // namespace

TEST_CASE("metrics of stats and queue list say what the JSON says, in a form that Prometheus reads") {
  const Source source;
  const json queues = json::parse(source.run({"stats", "-o", "json"}).output).at("queues");
  REQUIRE(queues.size() > 3);
  for (const std::string command : {"stats", "queue list"}) {
    CAPTURE(command);
    const json samples =
        source.samples(command == "stats" ? std::vector<std::string>{"stats", "-o", "openmetrics"}
                                          : std::vector<std::string>{"queue", "list", "-o", "openmetrics"},
                       0);
    CHECK(value_of(samples, "queuetrace_source_up", json::object()) == 1);
    CHECK(value_of(samples, "queuetrace_source_complete", json::object()) == 1);
    for (const json& queue : queues) {
      std::string name = queue.at("queue");
      if (name == "a\\b\n\"c\" é") name = "a\\\\b\\n\"c\" é";  // labels are printable
      const json labels{{"queue", name}, {"system", "hammerwork"}};
      double jobs = 0;
      for (const json& sample : samples.at("queuetrace_queue_jobs"))
        if (sample.at(0).at("queue") == name) jobs += sample.at(1).get<double>();
      CHECK(jobs == queue.at("total").get<double>());
      for (const json& state : queue.at("states"))
        CHECK(value_of(samples, "queuetrace_queue_jobs", {{"queue", name}, {"state", state.at("state")}}) ==
              state.at("count").get<double>());
      CHECK(value_of(samples, "queuetrace_queue_jobs_exact", labels) == 1);
      if (queue.contains("paused"))
        CHECK((value_of(samples, "queuetrace_queue_paused", labels) == 1) == queue.at("paused").get<bool>());
    }
  }
}

TEST_CASE("metrics of health are there for checks that hold, too, and the exit status is the same") {
  const Source source;
  const json samples = source.samples({"health", "--max-dead", "1", "--max-age", "1s", "-o", "openmetrics"}, 8);
  CHECK(value_of(samples, "queuetrace_healthy", json::object()) == 0);
  const json email{{"queue", "email"}, {"check", "dead"}};
  CHECK(value_of(samples, "queuetrace_health_tripped", email) == 1);
  CHECK(value_of(samples, "queuetrace_health_value_jobs", email) == 2);
  CHECK(value_of(samples, "queuetrace_health_limit_jobs", email) == 1);
  const json age{{"queue", "email"}, {"check", "age"}};
  CHECK(value_of(samples, "queuetrace_health_limit_seconds", age) == 1);
  CHECK(value_of(samples, "queuetrace_health_value_seconds", age) > 1);
  CHECK(value_of(samples, "queuetrace_health_tripped", {{"queue", "empty and paused"}, {"check", "dead"}}) == 0);
}

}  // namespace queuetrace::test
