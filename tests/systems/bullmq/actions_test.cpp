// What is written to queues of BullMQ and Bull, release by release.
#include <doctest/doctest.h>

#include "backends/systems/bullmq/system.hpp"
#include "tests/systems/bullmq/jobs.hpp"
#include "tests/systems/redis_writes.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const char* const releases[] = {"6.7.0", "5.81.5", "4.18.3", "3.16.2", ""};

Action action(ActionKind kind) {
  Action out;
  out.kind = kind;
  return out;
}

bool exists(RedisServer& server, const std::string& key) { return server.ask({"EXISTS", key}) == "1"; }

}  // namespace

TEST_CASE("a failed job waits again as the release at hand expects it") {
  for (const std::string release : releases) {
    CAPTURE(release);
    RedisServer server;
    server.run(bull_queue(release));
    server.run(
        {bull_job("1"),
         {"LPUSH", "bull:mail:wait", "1"},
         bull_job("2", {"atm", "3", "processedOn", "4", "finishedOn", "5", "failedReason", "x", "priority", "7"}),
         {"ZADD", "bull:mail:failed", "5", "2"}});
    WritableStore store(server, bullmq::system);
    const Action retry = action(ActionKind::retry);
    const std::vector<Target> targets = store.plan(retry);
    CHECK(counts(store.apply(retry, targets)) == std::map<std::string, int>{{"already", 1}, {"done", 1}});
    CHECK(server.ask({"LINDEX", "bull:mail:wait", "0"}) == "2");  // behind what waits, priority or not
    CHECK(server.ask({"LLEN", "bull:mail:wait"}) == "2");
    CHECK_FALSE(exists(server, "bull:mail:failed"));
    for (const char* field : {"processedOn", "finishedOn", "failedReason"})
      CHECK(server.ask({"HEXISTS", "bull:mail:2", field}) == "0");
    CHECK(server.ask({"HGET", "bull:mail:2", "atm"}) == "3");
    CHECK(exists(server, "bull:mail:marker") == (!release.empty() && release[0] >= '5'));
    CHECK(server.ask({"XLEN", "bull:mail:events"}) == (release.empty() ? "0" : "2"));
    CHECK(counts(store.apply(retry, targets)) == std::map<std::string, int>{{"already", 1}, {"changed", 1}});
  }
}

TEST_CASE("a delayed job is promoted by its priority, where the release has an order for that") {
  for (const std::string release : releases) {
    CAPTURE(release);
    RedisServer server;
    server.run(bull_queue(release));
    server.run({bull_job("1", {"delay", "1000", "priority", "0"}),
                bull_job("2", {"delay", "1000", "priority", "7"}),
                {"ZADD", "bull:mail:delayed", "7302758400000000", "1", "7302758400004096", "2"}});
    WritableStore store(server, bullmq::system);
    const Action retry = action(ActionKind::retry);
    const bool ordered = !release.empty() && release[0] > '3';
    const std::vector<Target> targets = store.plan(retry);
    REQUIRE(targets.size() == 2);
    for (const Target& target : targets)
      CHECK((target.verdict == Verdict::act) == (ordered || target.job.ref.id.raw() == "mail:1"));
    CHECK(counts(store.apply(retry, targets)) == (ordered ? std::map<std::string, int>{{"done", 2}}
                                                          : std::map<std::string, int>{{"done", 1}, {"skipped", 1}}));
    CHECK(server.ask({"LINDEX", "bull:mail:wait", "0"}) == "1");
    CHECK(server.ask({"HGET", "bull:mail:1", "delay"}) == "0");
    if (ordered) CHECK(server.ask({"ZSCORE", "bull:mail:prioritized", "2"}) == "30064771077");  // 7 * 2^32 + 5
    if (!ordered) CHECK(server.ask({"ZSCORE", "bull:mail:delayed", "2"}) == "7302758400004096");
  }
}

TEST_CASE("a queue is paused as its release does it, and resumed to what it was") {
  for (const std::string release : releases) {
    CAPTURE(release);
    RedisServer server;
    server.run(bull_queue(release));
    server.run({bull_job("1"), {"LPUSH", "bull:mail:wait", "1"}});
    WritableStore store(server, bullmq::system);
    const bool renamed = release.empty() || release[0] < '6';
    CHECK(store.administration().set_paused({"mail", true, "", ""}).outcome == Outcome::done);
    CHECK(store.administration().set_paused({"mail", true, "", ""}).outcome == Outcome::already);
    CHECK(exists(server, "bull:mail:paused") == renamed);
    CHECK(exists(server, "bull:mail:wait") == !renamed);
    CHECK(server.ask({"HGET", "bull:mail:meta", "paused"}) == "1");
    CHECK(exists(server, "bull:mail:meta-paused") == release.empty());
    CHECK(store.administration().set_paused({"mail", false, "", ""}).outcome == Outcome::done);
    CHECK(server.ask({"LINDEX", "bull:mail:wait", "0"}) == "1");
    CHECK(server.ask({"HEXISTS", "bull:mail:meta", "paused"}) == "0");
    CHECK_FALSE(exists(server, "bull:mail:meta-paused"));
  }
  RedisServer server;
  server.run(bull_queue("5.81.5"));
  server.run({{"LPUSH", "bull:mail:wait", "1"}, {"LPUSH", "bull:mail:paused", "2"}});
  WritableStore store(server, bullmq::system);
  CHECK(store.administration().set_paused({"mail", true, "", ""}).outcome == Outcome::failed);
  CHECK(server.ask({"LLEN", "bull:mail:paused"}) == "1");
}

TEST_CASE("what the library keeps together with others is left alone") {
  RedisServer server;
  server.run(bull_queue("5.81.5"));
  server.run({bull_job("child", {"parentKey", "bull:mail:root"}),
              bull_job("tick", {"rjk", "every"}),
              bull_job("once", {"deid", "x"}),
              bull_job("runs"),
              bull_job("root"),
              bull_job("free"),
              {"LPUSH", "bull:mail:wait", "child", "tick", "once", "gone", "free"},
              {"LPUSH", "bull:mail:active", "runs"},
              {"ZADD", "bull:mail:waiting-children", "1", "root"}});
  WritableStore store(server, bullmq::system);
  const Action erase = action(ActionKind::erase);
  const std::vector<Target> targets = store.plan(erase);
  const auto told = verdicts(targets);
  CHECK(told.at("mail:child").starts_with("skip: a child of a flow"));
  CHECK(told.at("mail:tick").starts_with("skip: the next job of a scheduler"));
  CHECK(told.at("mail:once").starts_with("skip: it holds a deduplication id"));
  CHECK(told.at("mail:runs").starts_with("skip: running"));
  CHECK(told.at("mail:root").starts_with("skip: it waits for its children"));
  CHECK(told.at("mail:gone").starts_with("skip: only its id is there"));
  CHECK(told.at("mail:free") == "act");
  server.run({{"SET", "bull:mail:free:lock", "token"}});
  CHECK(counts(store.apply(erase, targets)) == std::map<std::string, int>{{"changed", 1}, {"skipped", 6}});
  CHECK(exists(server, "bull:mail:free"));
}

TEST_CASE(
    "Bull names the schedule of a repeated job in its options alone, and makes the next job when this one is taken") {
  RedisServer server;
  server.run(bull_queue(""));
  server.run({bull_job("repeat:1cc6:1782900009000",
                       {"opts", R"({"repeat":{"count":1,"key":"tick:::0 0 1 1 *","cron":"0 0 1 1 *"},"delay":1000})"}),
              {"ZADD", "bull:mail:delayed", "7302758436864000", "repeat:1cc6:1782900009000"}});
  WritableStore store(server, bullmq::system);
  const std::vector<Target> targets = store.plan(action(ActionKind::erase));
  REQUIRE(targets.size() == 1);
  CHECK(verdicts(targets).begin()->second.starts_with("skip: the next job of a scheduler"));
  CHECK(targets[0].job.max_attempts == 1);  // as the library counts where none are named
}

TEST_CASE("a failed child is one more that its parent waits for when it is retried, and is not deleted while it is") {
  RedisServer server;
  server.run(bull_queue("5.81.5"));
  const auto fail = [](const std::string& id, const std::string& parent) {
    return std::vector<std::vector<std::string>>{
        bull_job(id, {"atm", "1", "finishedOn", "5", "failedReason", "x", "parentKey", "bull:mail:" + parent}),
        {"ZADD", "bull:mail:failed", "5", id}};
  };
  server.run(fail("1", "heeding"));
  server.run(fail("2", "ignoring"));
  server.run(fail("3", "waiting"));
  server.run({{"ZADD", "bull:mail:heeding:unsuccessful", "5", "bull:mail:1"},
              {"HSET", "bull:mail:ignoring:failed", "bull:mail:2", "x"},
              {"SADD", "bull:mail:waiting:dependencies", "bull:mail:3"}});
  WritableStore store(server, bullmq::system);
  const Action erase = action(ActionKind::erase);
  CHECK(counts(store.apply(erase, store.plan(erase, with_ids({"mail:3"})))) ==
        std::map<std::string, int>{{"skipped", 1}});
  CHECK(exists(server, "bull:mail:3"));
  const Action retry = action(ActionKind::retry);
  CHECK(counts(store.apply(retry, store.plan(retry))) == std::map<std::string, int>{{"done", 3}});
  CHECK(server.ask({"SISMEMBER", "bull:mail:heeding:dependencies", "bull:mail:1"}) == "1");
  CHECK(server.ask({"SISMEMBER", "bull:mail:ignoring:dependencies", "bull:mail:2"}) == "1");
  CHECK_FALSE(exists(server, "bull:mail:heeding:unsuccessful"));
  CHECK_FALSE(exists(server, "bull:mail:ignoring:failed"));
}
