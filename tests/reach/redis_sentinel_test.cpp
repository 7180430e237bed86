// A master that a Sentinel names, lost or replaced in the middle of a read and of a change; and replicas by themselves.
#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <future>
#include <nlohmann/json.hpp>
#include <set>
#include <thread>

#include "backends/systems/bullmq/system.hpp"
#include "tests/faults/world.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/systems/bullmq/jobs.hpp"
#include "tests/systems/redis_writes.hpp"

namespace queuetrace::test {
namespace {

/// At most a minute: longer than any failover, whatever else the machine does.
void wait_for(const auto& holds) {
  for (int look = 0; !holds(); ++look) {
    REQUIRE(look < 3'000);
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
}

/// What the server answers to a question. Where Sentinel makes a server a replica or a master it ends the connections
/// of its clients, ours too: asked again then.
std::string answer_of(RedisServer& server, const std::vector<std::string>& question) {
  for (int left = 20;; --left) {
    try {
      return server.ask(question);
    } catch (const std::runtime_error&) {
      if (left == 0) throw;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
}

/// A master and a replica with a queue of so many jobs that failed, watched by a Sentinel.
struct Watched {
  explicit Watched(int jobs) {
    server(0).run(bull_queue("5.81.5"));
    for (int id = 1; id <= jobs; ++id) {
      const std::string text = std::to_string(id);
      server(0).run({bull_job(text, {"failedReason", "no route", "finishedOn", "1782900005000", "atm", "1"}),
                     {"ZADD", "bull:mail:failed", std::to_string(1782900000000 + id), text}});
    }
    const std::string port = std::to_string(server(0).port());
    server(1).run({{"REPLICAOF", "127.0.0.1", port}});
    wait_until_copied(1);
    sentinel.run({{"SENTINEL", "MONITOR", "main", "127.0.0.1", port, "1"},
                  {"SENTINEL", "SET", "main", "down-after-milliseconds", "400", "failover-timeout", "2000"}});
    wait_for([&] { return sentinel.ask({"SENTINEL", "REPLICAS", "main"}).find("127.0.0.1") != std::string::npos; });
    wait_for([&] {
      return sentinel.ask({"SENTINEL", "REPLICAS", "main"}).find("master-link-status ok") != std::string::npos;
    });
  }

  RedisServer& server(int number) { return number == 0 ? first : second; }
  void wait_until_copied(int replica) {
    wait_for([&] {
      return answer_of(server(replica), {"INFO", "replication"}).find("master_link_status:up") != std::string::npos &&
             answer_of(server(replica), {"ZCARD", "bull:mail:failed"}) ==
                 answer_of(server(1 - replica), {"ZCARD", "bull:mail:failed"});
    });
  }
  /// The replica becomes the master, the master its replica; both live on.
  void fail_over() {
    CHECK(sentinel.ask({"SENTINEL", "FAILOVER", "main"}) == "OK");
    wait_for([&] { return is_master(second) && !is_master(first); });
    wait_until_named();
  }
  /// The master is killed.
  void lose_master() {
    first.kill();
    wait_for([&] { return is_master(second); });
    wait_until_named();
  }
  void wait_until_named() {
    wait_for([&] {
      return sentinel.ask({"SENTINEL", "GET-MASTER-ADDR-BY-NAME", "main"}) ==
             "127.0.0.1 " + std::to_string(second.port());
    });
  }
  static bool is_master(RedisServer& server) {
    return answer_of(server, {"INFO", "replication"}).find("role:master") != std::string::npos;
  }

  std::string url() const { return "redis+sentinel://127.0.0.1:" + std::to_string(sentinel.port()) + "/main"; }
  RedisTarget target() const {
    RedisTarget target = sentinel.tcp_target();
    target.kind = RedisTarget::Kind::sentinel;
    target.master = "main";
    return target;
  }

  RedisServer first, second;
  RedisServer sentinel{{}, true};
};

Action erase() {
  Action action;
  action.kind = ActionKind::erase;
  return action;
}

}  // namespace

TEST_CASE(
    "a master that is replaced while jobs are read: an error, no half answer, and the next question is answered") {
  Watched watched(30);
  const World world;
  WritableStore store(watched.target(), bullmq::system);
  JobQuery query;
  query.page_size = 10;
  query.after = store.store->list(query).next;
  REQUIRE(query.after);
  watched.lose_master();
  try {
    store.store->list(query);
    FAIL("the master is dead");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::unreachable);
  }
  // The place in the listing is good at the new master, too.
  WritableStore again(watched.target(), bullmq::system);
  const std::vector<Job> rest = [&] {
    std::vector<Job> jobs;
    while (query.after) {
      Page page = again.store->list(query);
      std::ranges::move(page.jobs, std::back_inserter(jobs));
      query.after = page.next;
    }
    return jobs;
  }();
  CHECK(rest.size() == 20);
  const ProgramResult listed = world.run({"job", "list", "-o", "name", "-l", "50", "--source", watched.url()});
  CHECK_MESSAGE(listed.exit_code == 0, listed.messages);
  CHECK(std::ranges::count(listed.output, '\n') == 30);
}

TEST_CASE("a master that becomes a replica between two steps of a purge changes nothing more") {
  Watched watched(30);
  WritableStore store(watched.target(), bullmq::system);
  const std::vector<Target> targets = store.plan(erase());
  REQUIRE(targets.size() == 30);
  const std::span<const Target> all(targets);
  CHECK(counts(store.administration().apply(erase(), all.first(10), {})) == std::map<std::string, int>{{"done", 10}});
  watched.wait_until_copied(1);
  watched.fail_over();
  // It says that nothing was changed there, or that the connection has gone; never that it was done.
  try {
    const std::vector<TargetReport> reports = store.administration().apply(erase(), all.subspan(10, 10), {});
    for (const TargetReport& report : reports) CHECK(report.outcome != Outcome::done);
  } catch (const Error& error) {
    CHECK_MESSAGE((error.kind() == ErrorKind::refused || error.kind() == ErrorKind::unreachable), error.what());
  }
  CHECK(answer_of(watched.second, {"ZCARD", "bull:mail:failed"}) == "20");
  WritableStore again(watched.target(), bullmq::system);
  CHECK(counts(again.administration().apply(erase(), all.subspan(10), {})) == std::map<std::string, int>{{"done", 20}});
  CHECK(answer_of(watched.second, {"KEYS", "bull:mail:[0-9]*"}).empty());
}

TEST_CASE("a purge by the program while its master dies: what it reports is what happened, and it can be repeated") {
  Watched watched(200);
  const World world;
  const auto purge = [&](const std::string& rate) {
    return world.run({"purge", "--state", "failed", "--yes", "-o", "json", "--rate", rate, "--source", watched.url()});
  };
  std::future<ProgramResult> running = std::async(std::launch::async, purge, "100/s");
  // In the middle: some are gone, others are not.
  wait_for([&] { return answer_of(watched.first, {"ZCARD", "bull:mail:failed"}) != "200"; });
  watched.wait_until_copied(1);
  watched.lose_master();
  const ProgramResult stopped = running.get();
  CHECK_MESSAGE((stopped.exit_code == 5 || stopped.exit_code == 7), stopped.messages);
  CHECK_MESSAGE(nlohmann::json::accept(stopped.output), stopped.output);
  const int left = std::stoi(answer_of(watched.second, {"ZCARD", "bull:mail:failed"}));
  CHECK(left > 0);
  const nlohmann::json report = nlohmann::json::parse(stopped.output);
  INFO(stopped.output.substr(0, 2000));
  const ProgramResult repeated = purge("1000/s");
  CHECK_MESSAGE(repeated.exit_code == 0, repeated.messages);
  CHECK(answer_of(watched.second, {"ZCARD", "bull:mail:failed"}) == "0");
}

TEST_CASE("a replica by itself is read, and says that it is one where something is to be changed") {
  Watched watched(3);
  const World world;
  const std::string url = "redis://127.0.0.1:" + std::to_string(watched.second.port());
  const ProgramResult listed = world.run({"job", "list", "-o", "name", "--source", url});
  CHECK_MESSAGE(listed.exit_code == 0, listed.messages);
  CHECK(std::ranges::count(listed.output, '\n') == 3);
  const ProgramResult refused = world.run({"purge", "--state", "failed", "--yes", "--source", url});
  CHECK(refused.exit_code == 6);
  CHECK_MESSAGE(refused.messages.find("replica") != std::string::npos, refused.messages);
  CHECK(answer_of(watched.first, {"ZCARD", "bull:mail:failed"}) == "3");
}

}  // namespace queuetrace::test
