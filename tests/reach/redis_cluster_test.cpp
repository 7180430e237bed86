// A cluster of three masters with queues of BullMQ, whose prefixes are hash tags, and of Asynq: read and changed
// through the program and its stores while slots move and a master dies.
#include <doctest/doctest.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "backends/systems/asynq/system.hpp"
#include "backends/systems/bullmq/system.hpp"
#include "tests/faults/world.hpp"
#include "tests/support/redis_cluster.hpp"
#include "tests/systems/asynq/tasks.hpp"
#include "tests/systems/redis_writes.hpp"

namespace queuetrace::test {
namespace {

using Commands = std::vector<std::vector<std::string>>;

/// A queue under a prefix: jobs 1 to `waiting`, and 100 that failed.
Commands bull_queue(const std::string& prefix, int waiting, const std::string& name = "mail") {
  const std::string queue = prefix + ":" + name + ":";
  Commands commands{{"HSET", queue + "meta", "version", "bullmq:5.81.5", "opts.maxLenEvents", "10000"},
                    {"SET", queue + "id", "100"},
                    {"SET", queue + "pc", "0"},
                    {"XADD", queue + "events", "1-1", "event", "added"}};
  const auto add = [&](const std::string& id, const std::vector<std::string>& more) {
    commands.push_back({"HSET", queue + id, "name", "send", "data", "{}", "opts", "{}", "timestamp", "1782900000000"});
    commands.back().insert(commands.back().end(), more.begin(), more.end());
  };
  for (int id = 1; id <= waiting; ++id) {
    add(std::to_string(id), {});
    commands.push_back({"LPUSH", queue + "wait", std::to_string(id)});
  }
  add("100", {"failedReason", "no route", "finishedOn", "1782900005000", "processedOn", "1782900004000", "atm", "1"});
  commands.push_back({"ZADD", queue + "failed", "1782900005000", "100"});
  return commands;
}

/// A queue of Asynq with one task that waits and one that was given up.
Commands asynq_queue(const std::string& queue) {
  const std::string keys = "asynq:{" + queue + "}:";
  const auto task = [&](const std::string& id, const std::string& state) {
    return std::vector<std::string>{
        "HSET",
        keys + "t:" + id,
        "msg",
        wire_bytes(1, "send") + wire_bytes(2, "{}") + wire_bytes(3, id) + wire_bytes(4, queue) + wire_number(5, 25),
        "state",
        state};
  };
  return {{"SADD", "asynq:queues", queue},
          task("w-1", "pending"),
          {"LPUSH", keys + "pending", "w-1"},
          task("d-1", "archived"),
          {"ZADD", keys + "archived", "1782900060", "d-1"}};
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    found.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  std::ranges::sort(found);
  return found;
}

struct Queues {
  explicit Queues(bool with_replicas = false) : cluster(with_replicas) {
    for (const char* prefix : {"{eu}", "{us}"}) cluster.run(bull_queue(prefix, 3));
    for (const char* queue : {"low", "high"}) cluster.run(asynq_queue(queue));
  }
  ProgramResult run(std::vector<std::string> words) const {
    words.insert(words.end(), {"--source", cluster.url()});
    return world.run(words);
  }
  std::vector<std::string> jobs() const {
    const ProgramResult result = run({"job", "list", "-o", "name", "-l", "100"});
    CHECK_MESSAGE(result.exit_code == 0, result.messages);
    std::vector<std::string> ids = lines(result.output);
    for (std::string& id : ids) id.erase(0, id.find('/') + 1);
    return ids;
  }

  World world;
  RedisCluster cluster;
};

const std::vector<std::string> all_jobs_there{"asynq/high:d-1",       "asynq/high:w-1",     "asynq/low:d-1",
                                              "asynq/low:w-1",        "bullmq@{eu}/mail:1", "bullmq@{eu}/mail:100",
                                              "bullmq@{eu}/mail:2",   "bullmq@{eu}/mail:3", "bullmq@{us}/mail:1",
                                              "bullmq@{us}/mail:100", "bullmq@{us}/mail:2", "bullmq@{us}/mail:3"};

}  // namespace

TEST_CASE("three masters: queues of each are listed, counted, changed and put back") {
  Queues queues;
  RedisCluster& cluster = queues.cluster;
  REQUIRE(cluster.owner_of("{eu}") != cluster.owner_of("{us}"));
  CHECK(queues.jobs() == all_jobs_there);
  const ProgramResult stats = queues.run({"stats", "-o", "json"});
  CHECK_MESSAGE(stats.exit_code == 0, stats.messages);
  CHECK(queues.run({"peek", "-o", "json"}).exit_code == 0);
  CHECK(queues.run({"source", "check", "-o", "json"}).exit_code == 0);

  const ProgramResult several = queues.run({"job", "retry", "--state", "dead", "--yes"});
  CHECK(several.exit_code == 2);
  CHECK_MESSAGE(several.messages.find("asynq, bullmq@{eu}, bullmq@{us}") != std::string::npos, several.messages);
  CHECK(queues.run({"job", "retry", "--state", "dead", "--yes", "--system", "bullmq"}).exit_code == 2);

  const auto change = [&](std::vector<std::string> words, const std::string& system) {
    words.insert(words.end(), {"--yes", "-o", "json", "--system", system});
    const ProgramResult result = queues.run(words);
    CHECK_MESSAGE(result.exit_code == 0, result.messages, result.output);
  };
  for (const char* prefix : {"{eu}", "{us}"}) {
    change({"job", "retry", "--state", "failed"}, "bullmq@" + std::string(prefix));
    CHECK(cluster.ask({"LLEN", std::string(prefix) + ":mail:wait"}) == "4");
    CHECK(cluster.ask({"ZCARD", std::string(prefix) + ":mail:failed"}) == "0");
    change({"undo"}, "bullmq@" + std::string(prefix));
    CHECK(cluster.ask({"ZCARD", std::string(prefix) + ":mail:failed"}) == "1");
  }
  change({"job", "retry", "--state", "dead"}, "asynq");
  for (const char* queue : {"low", "high"}) {
    CHECK(cluster.ask({"LLEN", "asynq:{" + std::string(queue) + "}:pending"}) == "2");
    CHECK(cluster.ask({"ZCARD", "asynq:{" + std::string(queue) + "}:archived"}) == "0");
  }
  change({"undo"}, "asynq");
  CHECK(cluster.ask({"ZCARD", "asynq:{low}:archived"}) == "1");
  CHECK(queues.jobs() == all_jobs_there);

  // A plan names the installation that it was made for.
  const std::string plan = (queues.world.home() / "plan.jsonl").string();
  const ProgramResult planned = queues.run(
      {"purge", "--state", "failed", "--dry-run", "--save-plan", plan, "--system", "bullmq@{us}", "-o", "json"});
  CHECK_MESSAGE(planned.exit_code == 0, planned.messages);
  const ProgramResult applied = queues.run({"purge", "--plan", plan, "--yes", "-o", "json"});
  CHECK_MESSAGE(applied.exit_code == 0, applied.messages);
  CHECK(cluster.ask({"ZCARD", "{us}:mail:failed"}) == "0");
  CHECK(cluster.ask({"ZCARD", "{eu}:mail:failed"}) == "1");
  change({"undo"}, "bullmq@{us}");
  CHECK(queues.jobs() == all_jobs_there);
}

TEST_CASE("three masters: queues under one prefix whose names are hash tags") {
  RedisCluster cluster;
  REQUIRE(cluster.owner_of("{mail}") != cluster.owner_of("{sms}"));
  for (const char* queue : {"{mail}", "{sms}", "{sms}-urgent"}) cluster.run(bull_queue("bull", 3, queue));
  World world;
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.end(), {"--source", cluster.url(), "-o", "json"});
    const ProgramResult result = world.run(words);
    CHECK_MESSAGE(result.exit_code == 0, result.messages, result.output);
    return nlohmann::json::parse(result.output);
  };
  const auto ids = [&](std::vector<std::string> filter) {
    filter.insert(filter.begin(), {"job", "list", "-l", "100"});
    std::vector<std::string> found;
    const nlohmann::json answer = run(filter);
    for (const nlohmann::json& job : answer["jobs"]) found.push_back(job["id"]);
    std::ranges::sort(found);
    return found;
  };
  const auto length = [&](const std::string& key) { return cluster.ask({"LLEN", key}); };
  CHECK(ids({"--queue", "{mail}"}) == std::vector<std::string>{"{mail}:1", "{mail}:100", "{mail}:2", "{mail}:3"});
  CHECK(ids({}).size() == 12);
  std::set<std::string> queues;
  const nlohmann::json listed = run({"queue", "list"});
  for (const nlohmann::json& queue : listed["queues"]) queues.insert(queue["queue"]);
  CHECK(queues == std::set<std::string>{"{mail}", "{sms}", "{sms}-urgent"});
  CHECK(run({"job", "show", "{sms}-urgent:100"})["jobs"][0]["queue"] == "{sms}-urgent");
  CHECK(run({"peek", "--queue", "{sms}"})["jobs"].size() == 3);

  // Of one queue, by its name and by the id of a job.
  run({"job", "retry", "--queue", "{mail}", "--state", "failed", "--yes"});
  CHECK(length("bull:{mail}:wait") == "4");
  CHECK(length("bull:{sms}:wait") == "3");
  run({"undo", "--yes"});
  CHECK(cluster.ask({"ZCARD", "bull:{mail}:failed"}) == "1");
  run({"job", "delete", "{sms}:2", "--yes"});
  CHECK(length("bull:{sms}:wait") == "2");
  CHECK(length("bull:{sms}-urgent:wait") == "3");
  CHECK(cluster.ask({"EXISTS", "bull:{sms}:2"}) == "0");
  run({"undo", "--yes"});
  CHECK(cluster.ask({"HGET", "bull:{sms}:2", "name"}) == "send");
  run({"queue", "pause", "{mail}", "--yes"});
  CHECK(length("bull:{mail}:paused") == "3");
  CHECK(length("bull:{sms}:paused") == "0");
  run({"queue", "resume", "{mail}", "--yes"});
  CHECK(length("bull:{mail}:wait") == "3");
  // Of all queues at once, whose masters differ.
  run({"purge", "--state", "failed", "--yes"});
  for (const char* queue : {"{mail}", "{sms}", "{sms}-urgent"})
    CHECK(cluster.ask({"ZCARD", "bull:" + std::string(queue) + ":failed"}) == "0");
  run({"undo", "--yes"});
  CHECK(ids({}).size() == 12);
}

TEST_CASE("slots that move while a queue is read and changed") {
  Queues queues;
  RedisCluster& cluster = queues.cluster;
  const std::size_t to = (cluster.owner_of("{eu}") + 1) % 3;
  Source source;
  source.keys["prefix"] = "{eu}";
  WritableStore store(cluster.target(), bullmq::system, source);
  JobQuery query;
  query.page_size = 1;
  std::vector<std::string> ids;
  const auto read_page = [&] {
    const Page page = store.store->list(query);
    for (const Job& job : page.jobs) ids.push_back(job.ref.id.raw());
    query.after = page.next;
  };
  const std::vector<Target> targets = store.plan([] {
    Action erase;
    erase.kind = ActionKind::erase;
    return erase;
  }());
  CHECK(targets.size() == 4);

  read_page();
  cluster.begin_to_move("{eu}", to);
  cluster.move({"{eu}:mail:2", "{eu}:mail:wait"}, to);
  read_page();
  CHECK(queues.jobs() == all_jobs_there);
  // Keys of one job are on both sides: nothing can be changed in one step, and nothing is.
  Action erase;
  erase.kind = ActionKind::erase;
  for (const TargetReport& report : store.apply(erase, targets))
    CHECK_MESSAGE(report.outcome == Outcome::failed, to_word(report.outcome));
  CHECK(queues.jobs() == all_jobs_there);
  cluster.finish_moving("{eu}", to);
  while (query.after) read_page();
  std::ranges::sort(ids);
  CHECK(ids == std::vector<std::string>{"mail:1", "mail:100", "mail:2", "mail:3"});
  CHECK(counts(store.apply(erase, targets)) == std::map<std::string, int>{{"done", 4}});
  CHECK(queues.jobs().size() == all_jobs_there.size() - 4);
}

TEST_CASE("a master that dies: what it held cannot be read until its replica has taken its place") {
  Queues queues(true);
  RedisCluster& cluster = queues.cluster;
  const std::size_t lost = cluster.owner_of("{us}");
  WritableStore store(cluster.target(), bullmq::system, [] {
    Source source;
    source.keys["prefix"] = "{us}";
    return source;
  }());
  Action retry;
  retry.kind = ActionKind::retry;
  const std::vector<Target> targets = store.plan(retry, in_state("failed"));
  REQUIRE(targets.size() == 1);
  cluster.lose(lost);
  // The session of before knows the dead server: it says so, and claims nothing.
  CHECK_THROWS_AS(store.store->list({}), Error);
  // A new one asks whoever of the cluster answers.
  if (lost != 0) CHECK(queues.jobs() == all_jobs_there);
  WritableStore again(cluster.target(), bullmq::system, [] {
    Source source;
    source.keys["prefix"] = "{us}";
    return source;
  }());
  CHECK(counts(again.apply(retry, targets)) == std::map<std::string, int>{{"done", 1}});
  CHECK(cluster.ask({"LLEN", "{us}:mail:wait"}) == "4");
}

}  // namespace queuetrace::test
