// A deployment's YAML as the system reads it: checked against viper 1.19 with yaml.v3.
#include "backends/systems/go_redis_work_queue/viper.hpp"

#include <doctest/doctest.h>

#include <fstream>

#include "backends/systems/go_redis_work_queue/settings.hpp"
#include "backends/systems/go_redis_work_queue/system.hpp"
#include "model/error.hpp"
#include "tests/support/temporary_folder.hpp"
#include "tests/systems/go_redis_work_queue/elements.hpp"
#include "tests/systems/redis_store.hpp"

using namespace queuetrace;
using namespace queuetrace::test;
using namespace queuetrace::go_redis_work_queue;

namespace {

/// What deploy() makes of a file.
Deployment deployed(const RedisServer& server, const std::string& yaml) {
  Source source;
  source.system_config = server.folder() / "config.yaml";
  std::ofstream(*source.system_config) << yaml;
  return deploy(source);
}

/// `alias=key`, in the order of the places; queues that nobody takes from in brackets.
std::string queues_of(const Deployment& deployment) {
  std::string text;
  for (const Place& place : deployment.places) {
    if (place.role != PlaceRole::waiting) continue;
    const std::string one = place.alias + "=" + place.key;
    text += (text.empty() ? "" : " ") + (place.consumed ? one : "(" + one + ")");
  }
  return text;
}

}  // namespace

TEST_CASE("merge keys, dotted keys, any case") {
  RedisServer server;
  CHECK(queues_of(deployed(server,
                           "defaults: &d\n  queues: {high: a:h, low: a:l}\n  completed_list: a:done\n"
                           "worker:\n  <<: *d\n")) == "high=a:h low=a:l");
  CHECK(queues_of(deployed(server,
                           "d: &d {queues: {high: a:h}}\ne: &e {queues: {high: b:h}}\n"
                           "worker:\n  <<: [*d, *e]\n  priorities: [high]\n")) == "high=a:h");
  CHECK(queues_of(deployed(server, "d: &d {high: a:h, low: a:l}\nworker:\n  queues:\n    <<: *d\n    low: own\n")) ==
        "high=a:h low=own");
  CHECK(queues_of(deployed(server, "worker.queues.high: a:h\nWORKER.Queues.Low: a:l\n")) == "high=a:h low=a:l");
  const Deployment dotted = deployed(server, "worker:\n  completed_list: nested\nworker.completed_list: dotted\n");
  CHECK(dotted.settings.at("worker.completed_list") == "dotted");
}

TEST_CASE("null sets nothing, lists in one text are cut at commas, what is not set has the default") {
  RedisServer server;
  const std::string standard = "high=jobqueue:high_priority low=jobqueue:low_priority";
  CHECK(queues_of(deployed(server, "worker:\n  queues: ~\n  priorities:\n")) == standard);
  CHECK(queues_of(deployed(server, "worker:\n  priorities: low,high\n")) ==
        "low=jobqueue:low_priority high=jobqueue:high_priority");
  CHECK(queues_of(deployed(server, "")) == standard);
  CHECK(deployed(server, "").settings.at("worker.max_retries") == "3");
  CHECK(deploy({}).settings.count("worker.max_retries") == 0);
}

TEST_CASE("a list is read once, however often it is named") {
  RedisServer server;
  server.run({{"LPUSH", "jobqueue:high_priority", go_element(1)}, {"LPUSH", "jobqueue:low_priority", go_element(2)}});
  Source source;
  source.keys["worker.priorities"] = "high,low,high,low";
  CHECK(ids_of(all_jobs(*open_redis_store(server.target(), go_redis_work_queue::system, source), {})) ==
        std::vector<std::string>{"job-2", "job-1"});
  source.keys["worker.queues.bulk"] = "jobqueue:low_priority";
  source.keys["worker.priorities"] = "high,low,bulk";
  const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system, source);
  CHECK(ids_of(all_jobs(*store, {})) == std::vector<std::string>{"job-2", "job-1"});
  for (const char* name : {"low", "bulk", "jobqueue:low_priority"}) {
    CAPTURE(name);
    JobQuery query;
    query.filter.queues = {name};
    CHECK(ids_of(all_jobs(*store, query)) == std::vector<std::string>{"job-2"});
  }
  source.keys = {{"worker.dead_letter_list", "jobqueue:low_priority"}};
  const std::unique_ptr<JobStore> twice = open_redis_store(server.target(), go_redis_work_queue::system, source);
  CHECK(ids_of(all_jobs(*twice, {})) == std::vector<std::string>{"job-2", "job-1"});
  CHECK(twice->check({}).findings.size() > 0);
}

TEST_CASE("numbers in the bases of Go") {
  CHECK(viper_integer("3") == 3);
  CHECK(viper_integer("0x5") == 5);
  CHECK(viper_integer("0X1f") == 31);
  CHECK(viper_integer("010") == 8);
  CHECK(viper_integer("0o10") == 8);
  CHECK(viper_integer("0b101") == 5);
  CHECK(viper_integer("1_000") == 1000);
  CHECK(viper_integer("-7") == -7);
  CHECK(viper_integer("+7") == 7);
  CHECK(viper_integer("0") == 0);
  CHECK(viper_integer("") == 0);
  for (const char* text : {"x", "0x", "1 ", "five", "--1", "1e99", "08", "2.9", "1e2", "true", "_1", "1_", "1__0"}) {
    CAPTURE(text);
    CHECK_FALSE(viper_integer(text));
  }
  RedisServer server;
  server.run({{"LPUSH", "jobqueue:low_priority", go_element(1)}});
  for (const auto& [written, attempts] : std::map<std::string, std::optional<std::int64_t>>{
           {"0x5", 6},      {"1_0", 11},     {"010", 9},         {"\"010\"", 9},   {"2.0", 3},     {"~", 4},
           {"true", 2},     {"false", 1},    {"\"\"", 1},        {"\"3\"", 4},     {"3.7", 4},     {"1e2", 101},
           {"08", 9},       {"0x1F", 32},    {"\"0x1F\"", 32},   {"\"0b11\"", 4},  {"+3", 4},      {"!!str 3", 4},
           {"\"3.7\"", {}}, {"\"1e2\"", {}}, {"\"08\"", {}},     {"\"true\"", {}}, {"\" 3\"", {}}, {"yes", {}},
           {"0o8", {}},     {"-3", {}},      {"2026-01-02", {}}, {"[3]", {}}}) {
    CAPTURE(written);
    Source source;
    source.system_config = server.folder() / "config.yaml";
    std::ofstream(*source.system_config) << "worker:\n  max_retries: " << written << "\n";
    const std::unique_ptr<JobStore> store = open_redis_store(server.target(), go_redis_work_queue::system, source);
    CHECK(all_jobs(*store, {}).at(0).max_attempts == attempts);
  }
}

TEST_CASE("numbers without quotes are names in decimal digits, as viper 1.19 makes them") {
  RedisServer server;
  for (const auto& [written, name] : std::map<std::string, std::string>{{"17", "17"},
                                                                        {"0x10", "16"},
                                                                        {"017", "15"},
                                                                        {"0o17", "15"},
                                                                        {"08", "8"},
                                                                        {"1_000", "1000"},
                                                                        {"0x_1F", "31"},
                                                                        {"1e3", "1000"},
                                                                        {"1.50", "1.5"},
                                                                        {"+7", "7"},
                                                                        {"-7", "-7"},
                                                                        {"\"0x10\"", "0x10"},
                                                                        {"'017'", "017"},
                                                                        {"!!str 017", "017"},
                                                                        {"yes", "yes"},
                                                                        {"1:2", "1:2"},
                                                                        {"7th", "7th"}}) {
    CAPTURE(written);
    CHECK(queues_of(deployed(server, "worker: {priorities: [low], queues: {low: " + written + "}}\n")) ==
          "low=" + name);
  }
}

TEST_CASE("durations as Go takes them") {
  CHECK(viper_duration("30s") == Milliseconds(30'000));
  CHECK(viper_duration("1m30s") == Milliseconds(90'000));
  CHECK(viper_duration("+5s") == Milliseconds(5'000));
  CHECK_FALSE(viper_duration("-5s"));
  CHECK(viper_duration("1.5h") == Milliseconds(5'400'000));
  CHECK(viper_duration("1500ms") == Milliseconds(1'500));
  CHECK(viper_duration("45000000000") == Milliseconds(45'000));  // nanoseconds
  for (const char* text : {"", "30 s", "s", "1x", "30"}) {
    CAPTURE(text);
    CHECK_FALSE(viper_duration(text));
  }
}

TEST_CASE("files that are no configuration are refused in one error, whatever they hold") {
  RedisServer server;
  CHECK_THROWS_AS(deployed(server, "worker: [\n"), Error);
  CHECK_THROWS_AS(deployed(server, "a: &a {x: 1}\nb: &b [*a, *a, *a]\nworker: {<<: *c}\n"), Error);
  std::string many = "worker:\n";
  for (int i = 0; i < 10'001; ++i) many += "  x" + std::to_string(i) + ": 1\n";
  CHECK_THROWS_AS(deployed(server, many), Error);
  std::string deep;
  for (int i = 0; i < 100; ++i) deep += "{a: ";
  CHECK_THROWS_AS(deployed(server, "worker: " + deep + "1" + std::string(100, '}')), Error);
}

TEST_CASE("maps that are merged into themselves, or double with each merge, are refused") {
  const testing::TemporaryFolder folder;
  std::string doubling = "a0: &a0 {}\n";
  for (int i = 1; i <= 40; ++i) {
    const std::string name = std::to_string(i), before = std::to_string(i - 1);
    doubling += "a" + name + ": &a" + name + " {<<: [*a" + before + ", *a" + before + "]}\n";
  }
  for (const std::string& yaml : {std::string("worker: &w\n  <<: *w\n"), std::string("worker: &w\n  <<: [*w, *w]\n"),
                                  std::string("a: &a\n  b: &b\n    <<: *a\n  <<: *b\n"), doubling}) {
    CAPTURE(yaml);
    std::ofstream(folder / "config.yaml") << yaml;
    CHECK_THROWS_AS(read_viper(folder / "config.yaml"), Error);
  }
}
