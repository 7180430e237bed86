// What is done to jobs of go-redis-work-queue, on a real server: the exact lists afterwards, what is left alone, what
// changed meanwhile, and what a backup puts back.
#include <doctest/doctest.h>

#include <atomic>
#include <thread>

#include "tests/support/redis_session.hpp"
#include "tests/systems/go_redis_work_queue/changes.hpp"

using namespace queuetrace;
using namespace queuetrace::test;
using namespace queuetrace::test::go_redis;

TEST_CASE("dead letters go back in their order, with their retries at 0, to the queue of their priority") {
  RedisServer server;
  server.run({{"LPUSH", dead, job("d1", "high", 3), job("d2", "low", 3), job("d3", "high", 3)},
              {"LPUSH", high, job("waits", "high")}});
  WritableStore store(server, go_redis_work_queue::system);
  const std::vector<Target> targets = store.plan(retry(), in_state("dead"), 2);
  REQUIRE(targets.size() == 3);
  CHECK(targets[0].job.ref.id.raw() == "d1");
  CHECK(outcomes(store.apply(retry(), targets)) == "done done done");
  CHECK(all_of(server, high) == job("d3", "high") + " " + job("d1", "high") + " " + job("waits", "high"));
  CHECK(all_of(server, low) == job("d2", "low"));
  CHECK(server.ask({"EXISTS", dead}) == "0");
  // Twice: nothing is pushed again.
  const std::string gone = "changed: it is not in its list any more: put back or removed before;";
  CHECK(outcomes(store.apply(retry(), targets)) == gone + " " + gone + " " + gone);
  CHECK(server.ask({"LLEN", high}) == "3");
}

TEST_CASE("--front keeps the order, too, and attempts are kept on request") {
  RedisServer server;
  server.run({{"LPUSH", dead, job("d1", "low", 3), job("d2", "low", 3)}, {"LPUSH", low, job("waits")}});
  WritableStore store(server, go_redis_work_queue::system);
  Action action = retry();
  action.front = true;
  action.reset_attempts = false;
  CHECK(outcomes(store.apply(action, store.plan(action, in_state("dead"), 1))) == "done done");
  CHECK(all_of(server, low) == job("waits") + " " + job("d2", "low", 3) + " " + job("d1", "low", 3));
}

TEST_CASE("only the number of retries is edited; everything else stays byte for byte") {
  RedisServer server;
  const std::string before =
      "{ \"id\" : \"x\", \"note\":\"a\\u0000\\u003cb, \\\"retries\\\":9}\",\"Retries\" : 12 , "
      "\"big\":123456789012345678901234567890,\"priority\":\"low\",\"nested\":{\"retries\":7}}";
  const std::string after =
      "{ \"id\" : \"x\", \"note\":\"a\\u0000\\u003cb, \\\"retries\\\":9}\",\"Retries\" : 0 , "
      "\"big\":123456789012345678901234567890,\"priority\":\"low\",\"nested\":{\"retries\":7}}";
  server.run({{"LPUSH", dead, before}});
  WritableStore store(server, go_redis_work_queue::system);
  CHECK(outcomes(store.apply(retry(), store.plan(retry()))) == "done");
  CHECK(all_of(server, low) == after);
}

TEST_CASE("what is left alone, and why") {
  RedisServer server;
  server.run({{"LPUSH", dead, "no json", job("nowhere", "urgent", 3)},
              {"LPUSH", low, job("waits")},
              {"LPUSH", completed, job("finished")},
              {"LPUSH", list, job("stranded"), job("runs")},
              {"SET", heartbeat, job("runs"), "PX", "25000"}});
  Source source;
  source.keys = {{"producer.default_priority", "none"}};
  WritableStore store(server, go_redis_work_queue::system, source);
  const auto before = keyspace(server);
  // Elements without an id are listed under one made of their bytes.
  const std::vector<Target> dead_ones = store.plan(retry(), in_state("dead"));
  REQUIRE(dead_ones.size() == 2);
  const std::string unreadable = dead_ones[0].job.ref.id.raw();
  CHECK(unreadable.starts_with("element-"));
  CHECK(verdicts(store.plan(retry())) ==
        std::map<std::string, std::string>{
            {unreadable, "skip: a worker that takes it destroys it: it is not a job in JSON as the system writes it"},
            {"nowhere", "skip: no queue has its priority, and none is the producer's default"},
            {"waits", "already: it waits"},
            {"finished", "skip: completed: only dead letters and orphans are put back"},
            {"stranded",
             "skip: its worker is busy with another job and has a heartbeat: it is put back when that worker stops"},
            {"runs", "skip: running: its worker has a heartbeat"}});
  const std::string busy = "skip: running: nothing stops a worker, and without its list entry the job is lost with it";
  CHECK(verdicts(store.plan(cancel())) == std::map<std::string, std::string>{{unreadable, "skip: it has ended"},
                                                                             {"nowhere", "skip: it has ended"},
                                                                             {"waits", "act"},
                                                                             {"finished", "skip: it has ended"},
                                                                             {"stranded", busy},
                                                                             {"runs", busy}});
  CHECK(verdicts(store.plan(erase())) == std::map<std::string, std::string>{{unreadable, "act"},
                                                                            {"nowhere", "act"},
                                                                            {"waits", "act"},
                                                                            {"finished", "act"},
                                                                            {"stranded", busy},
                                                                            {"runs", busy}});
  const std::vector<Target> running = store.plan(erase(), in_state("running"));
  CHECK(counts(store.apply(erase(), running)) == std::map<std::string, int>{{"skipped", 2}});
  CHECK(keyspace(server) == before);
  const ActionOffer pause = store.administration().offer_pause();
  CHECK_FALSE(pause.possible);
  CHECK(pause.reason == "no worker of go-redis-work-queue asks whether a queue is paused");
  CHECK_THROWS_AS(store.administration().set_paused({"low", true, "", ""}), Error);
  CHECK_THROWS_WITH_AS(store.plan(move_to("nope")), "go-redis-work-queue has no queue 'nope'", Error);
}

TEST_CASE("an orphan is rescued while its worker has no heartbeat") {
  RedisServer server;
  server.run({{"LPUSH", list, job("orphan", "low", 2)}});
  WritableStore store(server, go_redis_work_queue::system);
  const std::vector<Target> targets = store.plan(retry(), in_state("running"));
  CHECK(verdicts(targets)["orphan"] ==
        "act [an orphan: a worker that is alive all the same would run it a second time]");
  server.run({{"SET", heartbeat, "x"}});
  CHECK(outcomes(store.apply(retry(), targets)) == "changed: its worker has a heartbeat again;");
  server.run({{"DEL", heartbeat}});
  CHECK(outcomes(store.apply(retry(), targets)) == "done");
  CHECK(all_of(server, low) == job("orphan", "low", 2));
  CHECK(server.ask({"EXISTS", list}) == "0");
}

TEST_CASE("a job between its claim and its heartbeat is no orphan, however the moment looks") {
  RedisServer server;
  server.run({{"LPUSH", list, job("claimed", "low", 2)}});
  WritableStore store(server, go_redis_work_queue::system);
  const std::vector<Target> targets = store.plan(retry(), in_state("running"));
  REQUIRE(targets.size() == 1);
  REQUIRE(targets[0].verdict == Verdict::act);
  // The worker's next command arrives once somebody has asked for its heartbeat.
  RedisSession worker(server);
  const auto questions = [&] {
    const std::string text = worker.ask({"INFO", "commandstats"}).text;
    const std::size_t at = text.find("cmdstat_exists:calls=");
    return at == std::string::npos ? std::string() : text.substr(at, text.find(',', at) - at);
  };
  const std::string before = questions();
  std::atomic<bool> over = false;
  std::thread heart([&] {
    while (!over && questions() == before) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    worker.ask({"SET", heartbeat, job("claimed", "low", 2), "EX", "30"});
  });
  const std::string outcome = outcomes(store.apply(retry(), targets));
  over = true;
  heart.join();
  CHECK(outcome == "changed: its worker has a heartbeat again;");
  CHECK(all_of(server, list) == job("claimed", "low", 2));
  CHECK(server.ask({"EXISTS", low}) == "0");
}

TEST_CASE("the target of a move is an alias before it is a key, and never a guess between two") {
  RedisServer server;
  server.run({{"LPUSH", high, job("moves", "high")}, {"LPUSH", "low", job("stray")}});
  WritableStore store(server, go_redis_work_queue::system);
  CHECK(outcomes(store.apply(move_to("low"), store.plan(move_to("low"), with_ids({"moves"})))) == "done");
  CHECK(all_of(server, low) == job("moves"));
  CHECK(server.ask({"LLEN", "low"}) == "1");
  Source source;
  source.keys = {{"worker.queues.stray", "low"}, {"worker.priorities", "high,low,stray"}};
  WritableStore both(server, go_redis_work_queue::system, source);
  CHECK_THROWS_WITH_AS(both.plan(move_to("low")),
                       "'low' is ambiguous: the alias of jobqueue:low_priority, and the key of the queue 'stray'",
                       Error);
  CHECK(outcomes(both.apply(move_to("stray"), both.plan(move_to("stray"), with_ids({"moves"})))) == "done");
  CHECK(server.ask({"LLEN", "low"}) == "2");
}

TEST_CASE("moving changes list and priority together") {
  RedisServer server;
  server.run({{"LPUSH", low, job("a"), job("b"), job("c")}, {"LPUSH", high, job("h", "high")}});
  WritableStore store(server, go_redis_work_queue::system);
  const std::vector<Target> targets = store.plan(move_to("high"), {}, 1);
  server.run({{"RPOP", low}});  // a worker takes the first
  CHECK(outcomes(store.apply(move_to("high"), targets)) ==
        "already: it waits there; changed: it is not in its list any more: a worker took it, or it was removed; "
        "done done");
  CHECK(all_of(server, high) == job("c", "high") + " " + job("b", "high") + " " + job("h", "high"));
  CHECK(server.ask({"EXISTS", low}) == "0");
}

TEST_CASE("deleting: a taken job is told from one that is gone, equal elements go one by one") {
  RedisServer server;
  server.run({{"LPUSH", low, job("taken"), job("same"), job("same")}, {"LPUSH", dead, job("d")}});
  WritableStore store(server, go_redis_work_queue::system);
  const std::vector<Target> targets = store.plan(erase());
  CHECK(targets.size() == 4);
  server.run({{"RPOP", low}});
  const std::vector<TargetReport> reports = store.apply(erase(), {targets[0], targets[1], targets[3]});
  CHECK(outcomes(reports) == "changed: it is not in its list any more: a worker took it, or it was removed; done done");
  CHECK(all_of(server, low) == job("same"));
  CHECK(outcomes(store.apply(erase(), {targets[3]})) == "already: it is not there;");
  CHECK(outcomes(store.apply(erase(), {targets[2]})) == "done");
  CHECK(server.ask({"DBSIZE"}) == "0");
}

TEST_CASE("an element deep inside a long list is left alone unless forced") {
  RedisServer server;
  std::vector<std::vector<std::string>> commands;
  for (int i = 0; i < 14; ++i) {
    std::vector<std::string> words{"RPUSH", dead};
    for (int k = 0; k < 1000; ++k) words.push_back("n" + std::to_string(i * 1000 + k));
    commands.push_back(words);
  }
  server.run(commands);
  server.run({{"LSET", dead, "7000", job("deep")}, {"LSET", dead, "13000", job("shallow")}});
  WritableStore store(server, go_redis_work_queue::system);
  std::vector<Target> targets = store.plan(erase(), with_ids({"deep"}));
  REQUIRE(targets.size() == 1);
  CHECK(targets[0].verdict == Verdict::skip);
  CHECK(targets[0].may_force);
  CHECK(targets[0].reason ==
        "6,999 elements lie before it at the nearer end of its list: looking for it would hold the "
        "server up for milliseconds");
  CHECK(store.warnings ==
        std::vector<std::string>{"1 element lies more than 5,000 deep inside their lists: left alone"});
  targets[0].verdict = Verdict::act;  // as if the list had grown after the plan
  CHECK(outcomes(store.apply(erase(), targets)) ==
        "skipped: it lies deep inside its list: looking for it would hold the server up (--force does);");
  Action forced = erase();
  forced.force = true;
  CHECK(outcomes(store.apply(forced, store.plan(forced, with_ids({"deep"})))) == "done");
  CHECK(outcomes(store.apply(erase(), store.plan(erase(), with_ids({"shallow"})))) == "done");
  CHECK(server.ask({"LLEN", dead}) == "13998");
  CHECK(server.ask({"LPOS", dead, job("deep")}) == "(nil)");
}

TEST_CASE("a purge beside a worker loses and doubles nothing") {
  RedisServer server;
  for (int round = 0; round < 100; ++round) {
    CAPTURE(round);
    server.run({{"FLUSHALL"}});
    std::vector<std::string> words{"LPUSH", low};
    for (int i = 0; i < 300; ++i) words.push_back(job("j" + std::to_string(i)));
    server.run({words});
    WritableStore store(server, go_redis_work_queue::system);
    const std::vector<Target> targets = store.plan(erase());
    REQUIRE(targets.size() == 300);
    std::atomic<bool> stop = false;
    std::thread worker([&] {
      while (!stop) server.ask({"BRPOPLPUSH", low, "taken", "0.01"});
    });
    const std::vector<TargetReport> reports = store.apply(erase(), targets);
    stop = true;
    worker.join();
    std::map<std::string, int> taken;
    for (const Target& target : targets) taken[target.job.ref.id.raw()] = 0;
    const std::string all = server.ask({"LRANGE", "taken", "0", "-1"});
    for (auto& [id, times] : taken)
      for (std::size_t at = all.find("\"" + id + "\""); at != std::string::npos;
           at = all.find("\"" + id + "\"", at + 1))
        ++times;
    for (std::size_t i = 0; i < targets.size(); ++i) {
      CAPTURE(targets[i].job.ref.id.raw());
      CHECK(taken[targets[i].job.ref.id.raw()] == (reports[i].outcome == Outcome::done ? 0 : 1));
    }
    CHECK(server.ask({"EXISTS", low}) == "0");
  }
}
