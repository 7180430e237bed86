// What is done to jobs of emp-job-queue, on a real server: the exact keys afterwards, what is left alone, what changed
// meanwhile, and what a backup puts back.
#include <cstdlib>

#include "backends/systems/emp_job_queue/system.hpp"
#include "tests/systems/redis_writes.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const std::filesystem::path standard = "fixtures/standard/load.redis";

Action action_of(ActionKind kind) {
  Action action;
  action.kind = kind;
  return action;
}
Action retry() { return {}; }
Action cancel() { return action_of(ActionKind::cancel); }
Action erase() { return action_of(ActionKind::erase); }

/// Keys that are not in both, or not the same.
std::map<std::string, std::string> differences(const std::map<std::string, std::string>& before,
                                               const std::map<std::string, std::string>& after) {
  std::map<std::string, std::string> out;
  for (const auto& [key, content] : before)
    if (!after.contains(key))
      out[key] = "gone";
    else if (after.at(key) != content)
      out[key] = "changed";
  for (const auto& [key, content] : after)
    if (!before.contains(key)) out[key] = "new";
  return out;
}

std::string fields(RedisServer& server, const std::string& id, std::vector<std::string> names) {
  std::vector<std::string> command{"HMGET", "job:" + id};
  command.insert(command.end(), names.begin(), names.end());
  return server.ask(command);
}

using Differences = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("a failed job waits again with the score of a fresh one") {
  RedisServer server;
  server.load(standard);
  WritableStore store(server, emp_job_queue::system);
  const auto before = keyspace(server);
  std::vector<Target> targets = store.plan(retry(), with_ids({"ffff-failed"}));
  REQUIRE(targets.size() == 1);
  REQUIRE(server.ask({"HEXISTS", "job:ffff-failed", "failed_at"}) == "1");
  CHECK(outcomes(store.apply(retry(), targets)) == "done");
  CHECK(differences(before, keyspace(server)) ==
        Differences{{"job:ffff-failed", "changed"}, {"jobs:failed", "changed"}, {"jobs:pending", "changed"}});
  CHECK(fields(server, "ffff-failed",
               {"status", "worker_id", "assigned_at", "started_at", "failed_at", "error", "retry_count"}) ==
        "pending    (nil) (nil) 0");
  // 50 * 10^15 - floor(1759312920), as IEEE doubles round it.
  CHECK(server.ask({"ZSCORE", "jobs:pending", "ffff-failed"}) == "49999998240687080");
  CHECK(server.ask({"HEXISTS", "jobs:failed", "ffff-failed"}) == "0");
  CHECK(std::atoi(server.ask({"TTL", "jobs:failed"}).c_str()) > 604'000);
  CHECK(outcomes(store.apply(retry(), targets)) == "already: it waits;");
  CHECK(verdicts(store.plan(retry(), with_ids({"ffff-failed"})))["ffff-failed"] == "already: it waits");
}

TEST_CASE("attempts are kept on request, the front is the top, and a workflow's priority counts") {
  RedisServer server;
  server.load(standard);
  server.run({{"HSET", "job:ffff-failed", "workflow_priority", "80", "workflow_datetime", "1759313520000"}});
  WritableStore store(server, emp_job_queue::system);
  Action keep = retry();
  keep.reset_attempts = false;
  const std::vector<Target> targets = store.plan(keep, with_ids({"ffff-failed", "9999-cancelled"}));
  CHECK(verdicts(targets) == Differences{{"ffff-failed", "act [its attempts are kept: the next failure is final]"},
                                         {"9999-cancelled", "act"}});
  CHECK(outcomes(store.apply(keep, targets)) == "done done");
  CHECK(fields(server, "ffff-failed", {"retry_count"}) == "3");
  CHECK(server.ask({"ZSCORE", "jobs:pending", "ffff-failed"}) == "79999998240686480");
  CHECK(fields(server, "9999-cancelled", {"status", "error"}) == "pending (nil)");
  Action front = retry();
  front.front = true;
  server.run({{"HSET", "job:bbbb-text-1", "status", "failed"}, {"ZREM", "jobs:pending", "bbbb-text-1"}});
  CHECK(outcomes(store.apply(front, store.plan(front, with_ids({"bbbb-text-1"})))) == "done");
  CHECK(server.ask({"ZREVRANGE", "jobs:pending", "0", "0"}) == "bbbb-text-1");
}

TEST_CASE("an abandoned job is rescued while its worker is gone, a lost one is put into the queue") {
  RedisServer server;
  server.load(standard);
  server.run({{"HSET", "worker:w-dead", "status", "busy", "current_job_id", "6666-abandoned"}});
  const int waiting = std::atoi(server.ask({"ZCARD", "jobs:pending"}).c_str());
  WritableStore store(server, emp_job_queue::system);
  const std::vector<Target> targets = store.plan(retry(), with_ids({"6666-abandoned", "5555-lost"}));
  CHECK(
      verdicts(targets) ==
      Differences{{"6666-abandoned", "act [its worker has no heartbeat: the attempt counts, and the job waits again]"},
                  {"5555-lost", "act [it waits in no queue: it is put into jobs:pending]"}});
  const auto before = keyspace(server);
  server.run({{"SET", "worker:w-dead:heartbeat", "now"}});
  std::map<std::string, std::string> by_id;
  for (const TargetReport& report : store.apply(retry(), targets))
    by_id[report.id.raw()] = std::string(to_word(report.outcome)) + " " + report.reason;
  CHECK(by_id == Differences{{"6666-abandoned", "changed its worker has a heartbeat again"}, {"5555-lost", "done "}});
  server.run({{"DEL", "worker:w-dead:heartbeat"}});
  CHECK(counts(store.apply(retry(), targets)) == std::map<std::string, int>{{"done", 1}, {"already", 1}});
  CHECK(differences(before, keyspace(server)) == Differences{{"job:6666-abandoned", "changed"},
                                                             {"job:5555-lost", "changed"},
                                                             {"jobs:active:w-dead", "gone"},
                                                             {"jobs:pending", "changed"},
                                                             {"worker:w-dead", "changed"}});
  CHECK(fields(server, "6666-abandoned", {"status", "worker_id", "retry_count"}) == "pending  1");
  CHECK(server.ask({"HMGET", "worker:w-dead", "status", "current_job_id"}) == "idle ");
  CHECK(server.ask({"ZCARD", "jobs:pending"}) == std::to_string(waiting + 2));
}

TEST_CASE("running jobs are left alone; forced, a retry says what it risks") {
  RedisServer server;
  server.load(standard);
  WritableStore store(server, emp_job_queue::system);
  const auto before = keyspace(server);
  const JobFilter running = with_ids({"step-wf7-2"});
  CHECK(verdicts(store.plan(retry(), running))["step-wf7-2"] ==
        "skip: running: its worker has a heartbeat, so it would run twice (force)");
  CHECK(verdicts(store.plan(cancel(), running))["step-wf7-2"] ==
        "skip: running: no worker can be told to stop, and it would write `completed` over the mark");
  CHECK(verdicts(store.plan(erase(), running))["step-wf7-2"] == "skip: running");
  CHECK(counts(store.apply(erase(), store.plan(erase(), running))) == std::map<std::string, int>{{"skipped", 1}});
  CHECK(keyspace(server) == before);
  Action forced = retry();
  forced.force = true;
  const std::vector<Target> targets = store.plan(forced, running);
  CHECK(verdicts(targets)["step-wf7-2"] == "act [its worker is alive: the job may run twice]");
  CHECK(outcomes(store.apply(forced, targets)) == "done");
  CHECK(differences(before, keyspace(server)) ==
        Differences{{"job:step-wf7-2", "changed"}, {"jobs:active:w-gpu", "gone"}, {"jobs:pending", "changed"}});
}

TEST_CASE("cancelling takes a waiting job out of the set, unless something was faster") {
  RedisServer server;
  server.load(standard);
  WritableStore store(server, emp_job_queue::system);
  Action action = cancel();
  action.message = "cancelled by ops";
  const std::string id = "aaaa1111-0000-4000-8000-00000000000";
  const std::vector<Target> targets = store.plan(action, with_ids({id + "1", id + "2", id + "3", "cccc-retried"}));
  REQUIRE(targets.size() == 4);
  server.run({{"ZREM", "jobs:pending", id + "2"},  // claimed, as the function does it
              {"HSET", "job:" + id + "2", "status", "assigned", "worker_id", "w-gpu"},
              {"ZADD", "jobs:pending", "7", id + "3"}});  // another score
  std::map<std::string, std::string> by_id;
  for (const TargetReport& report : store.apply(action, targets))
    by_id[report.id.raw()] = std::string(to_word(report.outcome)) + " " + report.reason;
  CHECK(by_id == Differences{{id + "1", "done "},
                             {id + "2", "changed it changed after the plan was made"},
                             {id + "3", "changed it changed after the plan was made"},
                             {"cccc-retried", "done "}});
  CHECK(fields(server, id + "1", {"status", "error"}) == "cancelled cancelled by ops");
  CHECK(server.ask({"HEXISTS", "job:" + id + "1", "cancelled_at"}) == "1");
  CHECK(server.ask({"ZSCORE", "jobs:pending", id + "1"}) == "(nil)");
  CHECK(server.ask({"ZSCORE", "jobs:pending", id + "3"}) == "7");
  CHECK(counts(store.apply(action, targets)) == std::map<std::string, int>{{"already", 2}, {"changed", 2}});
  CHECK(verdicts(store.plan(action, with_ids({"5555-lost"})))["5555-lost"] ==
        "skip: it waits in no queue, so no worker takes it: retry or delete it");
}

TEST_CASE("deleting takes all that belongs to a job; a backup puts it back exactly") {
  RedisServer server;
  server.load(standard);
  server.run({{"HSET", "job:step-wf7-1:progress", "progress", "100", "bytes", std::string("\0\xff", 2)},
              {"XADD", "progress:step-wf7-1", "5-1", "a", "b"},
              {"XADD", "progress:step-wf7-1", "6-1", "a", "c", "d", std::string("\x00\xc3", 2)},
              {"HSET", "step:step-wf7-1", "id", "step-wf7-1"},
              {"PEXPIRE", "step:step-wf7-1", "7000000"},
              {"ZADD", "steps:pending", "1.5", "step-wf7-1"},
              {"HSET", "job:cccc-retried", "binary", std::string("\0\x80\xff", 3)}});
  WritableStore store(server, emp_job_queue::system);
  const auto before = keyspace(server);
  std::vector<Target> targets = store.plan(erase(), {}, 5);
  std::erase_if(targets, [](const Target& target) { return target.verdict != Verdict::act; });
  REQUIRE(targets.size() >= 12);
  const std::vector<BackupRecord> records = store.back_up(targets);
  REQUIRE(records.size() == targets.size());
  CHECK(counts(store.apply(erase(), targets)) == std::map<std::string, int>{{"done", int(targets.size())}});
  const auto after = keyspace(server);
  for (const Target& target : targets)
    for (const auto& [key, content] : after) {
      CAPTURE(key);
      const bool attested = key.starts_with("worker:completion:") || key.starts_with("worker:failure:");
      CHECK((attested || key.find(target.job.ref.id.raw()) == std::string::npos));
    }
  CHECK(server.ask({"EXISTS", "worker:failure:step-id:ffff-failed:permanent"}) == "1");
  CHECK(server.ask({"ZRANGE", "jobs:pending", "0", "-1"}) == "4444-ghost");
  CHECK(server.ask({"EXISTS", "jobs:completed", "jobs:failed", "steps:pending"}) == "0");
  CHECK(counts(store.apply(erase(), targets)) == std::map<std::string, int>{{"already", int(targets.size())}});

  const int all = static_cast<int>(records.size());
  CHECK(counts(store.administration().restore(records, true, {})) == std::map<std::string, int>{{"done", all}});
  CHECK(keyspace(server) == after);
  CHECK(counts(store.administration().restore(records, false, {})) == std::map<std::string, int>{{"done", all}});
  CHECK(differences(before, keyspace(server)) == Differences{});
  CHECK(counts(store.administration().restore(records, false, {})) == std::map<std::string, int>{{"already", all}});
  server.run({{"HSET", "job:ffff-failed", "status", "pending"}});
  CHECK(counts(store.administration().restore(records, false, {})) ==
        std::map<std::string, int>{{"already", all - 1}, {"skipped", 1}});
}

TEST_CASE("results that expired stay away; keys that live keep their own expiry") {
  RedisServer server;
  server.load(standard);
  WritableStore store(server, emp_job_queue::system);
  std::vector<Target> targets;
  std::vector<BackupRecord> records;
  // The results must outlive the backup, and not the test: where the machine is too slow they get more time.
  for (int left = 300; records.empty() || server.ask({"EXISTS", "jobs:failed"}) == "0"; left *= 2) {
    server.run({{"FLUSHALL"}});
    server.load(standard);
    server.run({{"PEXPIRE", "jobs:failed", std::to_string(left)}});
    targets = store.plan(erase(), with_ids({"ffff-failed", "step-wf7-1"}));
    records = store.back_up(targets);
  }
  CHECK(outcomes(store.apply(erase(), targets)) == "done done");
  server.run({{"PERSIST", "jobs:completed"}});
  while (server.ask({"EXISTS", "jobs:failed"}) == "1") {
  }
  CHECK(outcomes(store.administration().restore(records, false, {})) == "done done");
  CHECK(server.ask({"EXISTS", "jobs:failed"}) == "0");
  CHECK(server.ask({"HEXISTS", "jobs:completed", "step-wf7-1"}) == "1");
  CHECK(server.ask({"PTTL", "jobs:completed"}) == "-1");
}

TEST_CASE("a job that changed is not backed up") {
  RedisServer server;
  server.load(standard);
  WritableStore store(server, emp_job_queue::system);
  const std::vector<Target> targets = store.plan(erase(), with_ids({"ffff-failed", "cccc-retried", "step-wf7-1"}));
  server.run({{"HSET", "job:ffff-failed", "status", "pending"}, {"ZADD", "jobs:pending", "3", "cccc-retried"}});
  const std::vector<BackupRecord> records = store.back_up(targets);
  REQUIRE(records.size() == 1);
  CHECK(records[0].id.raw() == "step-wf7-1");
  CHECK(counts(store.apply(erase(), targets)) == std::map<std::string, int>{{"done", 1}, {"changed", 2}});
}

TEST_CASE("what the system cannot do is refused with the nearest thing") {
  RedisServer server;
  server.load(standard);
  WritableStore store(server, emp_job_queue::system);
  Action move = action_of(ActionKind::move);
  move.queue = "openai_text";
  const ActionOffer offer = store.administration().offer(move);
  CHECK_FALSE(offer.possible);
  CHECK(offer.reason == "the queue of a job is the service that its payload is made for: no other can do it");
  CHECK(offer.nearest == "cancel it, and let the application submit it for the other service");
  CHECK_THROWS_AS(store.plan(move), Error);
  CHECK_FALSE(store.administration().offer_pause().possible);
  CHECK(store.administration().offer(cancel()).possible);
}

TEST_CASE("on a cluster the keys of a job lie apart: nothing is done, and why is said") {
  RedisServer server({"--cluster-enabled", "yes"});
  server.run({{"CLUSTER", "ADDSLOTSRANGE", "0", "16383"}});
  while (server.ask({"CLUSTER", "INFO"}).find("cluster_state:ok") == std::string::npos) {
  }
  server.run({{"HSET", "job:j1", "id", "j1", "status", "failed", "service_required", "s", "max_retries", "3"}});
  RedisTarget target = server.tcp_target();
  target.kind = RedisTarget::Kind::cluster;
  WritableStore store(target, emp_job_queue::system);
  const std::vector<Target> targets = store.plan(retry());
  REQUIRE(targets.size() == 1);
  CHECK(outcomes(store.apply(retry(), targets)) ==
        "skipped: its keys lie in different slots of the cluster, so they cannot be changed in one step;");
  CHECK(outcomes(store.apply(erase(), store.plan(erase()))) ==
        "skipped: its keys lie in different slots of the cluster, so they cannot be changed in one step;");
  CHECK(fields(server, "j1", {"status"}) == "failed");
}
