// Looking for traces among records in hashes: few are read whole, whatever moves meanwhile, and never much at once.
#include <doctest/doctest.h>

#include <functional>
#include <set>

#include "backends/engines/redis/filter_parts.hpp"
#include "tests/systems/redis_writes.hpp"
#include "tests/unit/engine_redis/made_up_shop.hpp"

using namespace queuetrace;
using test::RedisServer;
using test::WritableStore;
namespace shop = test::shop;

namespace {

constexpr std::uint64_t mebibyte = 1u << 20;

Job decode_traced(const Entry& entry, const DecodeContext& context) {
  Job job = shop::decode(entry, context);
  for (const std::string_view field : {"head", "body"})
    if (const auto text = entry.record.filled(field); text && text->starts_with("trace"))
      job.trace.trace_id = Untrusted(std::string(text->substr(0, 10)));
  if (!entry.score.empty()) job.batch_id = Untrusted(std::string(entry.score));
  return job;
}

constexpr std::array<std::string_view, 3> summary{"made", "state", "head"};
constexpr std::array<std::string_view, 2> carriers{"head", "body"};

RedisSystem traced() {
  RedisSystem system = shop::system();
  system.read.decode = decode_traced;
  system.read.summary_fields = summary;
  system.read.carriers = carriers;
  return system;
}

TraceQuery trace(const std::string& text) {
  TraceQuery query;
  query.typed = text;
  query.spellings = {text};
  return query;
}

JobQuery asking_for(const std::string& text) {
  JobQuery query;
  query.filter.traces = {trace(text)};
  query.page_size = 5'000;
  return query;
}

/// Jobs of the queue `mail`: done, ended one after the other. `head` of each job by its number.
void add_done(RedisServer& server, int count, const std::function<std::string(int)>& head, std::size_t body = 20) {
  std::vector<std::vector<std::string>> commands{{"SADD", "shop:queues", "shop:mail"}};
  for (int i = 0; i < count; ++i) {
    const std::string id = std::to_string(i);
    commands.push_back({"ZADD", "shop:mail:done", std::to_string(1'000 + i), id});
    commands.push_back(
        {"HSET", "shop:mail:job:" + id, "made", "101", "state", "d", "head", head(i), "body", std::string(body, 'x')});
  }
  server.run(commands);
}

std::set<std::string> ids_in(const Page& page) {
  std::set<std::string> ids;
  for (const Job& job : page.jobs) ids.insert(job.ref.id.raw());
  return ids;
}

std::uint64_t calls(RedisServer& server, const std::string& command) {
  const std::string told = server.ask({"INFO", "commandstats"});
  const std::string name = "cmdstat_" + command + ":calls=";
  const std::size_t at = told.find(name);
  return at == std::string::npos ? 0 : std::stoull(told.substr(at + name.size()));
}

std::uint64_t peak_of(RedisServer& server) {
  const std::string info = server.ask({"INFO", "memory"});
  return std::stoull(info.substr(info.find("used_memory_peak:") + 17));
}

/// Calls `meanwhile` before the command of this number among those with this name is sent.
class Interrupted final : public RedisConnection {
 public:
  Interrupted(std::shared_ptr<RedisConnection> inner, std::string name, int number, std::function<void()> meanwhile)
      : inner_(std::move(inner)), name_(std::move(name)), left_(number), meanwhile_(std::move(meanwhile)) {}
  void send(std::span<const RedisCommand> commands) override {
    for (const RedisCommand& command : commands)
      if (command.arguments.front() == name_ && --left_ == 0) meanwhile_();
    inner_->send(commands);
  }
  Reply receive() override { return inner_->receive(); }
  std::size_t outstanding() const override { return inner_->outstanding(); }
  std::size_t nodes() const override { return inner_->nodes(); }
  std::string target() const override { return inner_->target(); }
  Access access() const override { return inner_->access(); }
  bool insecure() const override { return inner_->insecure(); }
  std::vector<Reply> transaction(std::span<const RedisCommand> commands) override {
    return inner_->transaction(commands);
  }

 private:
  std::shared_ptr<RedisConnection> inner_;
  std::string name_;
  int left_;
  std::function<void()> meanwhile_;
};

/// Notes the name and the key of each command.
class Noted final : public RedisConnection {
 public:
  Noted(std::shared_ptr<RedisConnection> inner, std::vector<std::string>& sent)
      : inner_(std::move(inner)), sent_(&sent) {}
  void send(std::span<const RedisCommand> commands) override {
    for (const RedisCommand& command : commands)
      sent_->push_back(command.arguments.front() + ' ' + std::string(key_of(command).value_or("")));
    inner_->send(commands);
  }
  Reply receive() override { return inner_->receive(); }
  std::size_t outstanding() const override { return inner_->outstanding(); }
  std::size_t nodes() const override { return inner_->nodes(); }
  std::string target() const override { return inner_->target(); }
  Access access() const override { return inner_->access(); }
  bool insecure() const override { return inner_->insecure(); }
  std::vector<Reply> transaction(std::span<const RedisCommand> commands) override {
    return inner_->transaction(commands);
  }

 private:
  std::shared_ptr<RedisConnection> inner_;
  std::vector<std::string>* sent_;
};

}  // namespace

TEST_CASE("a trace among many records is found without reading them whole or writing out scores") {
  RedisServer server;
  add_done(server, 3'000, [](int i) { return i % 1'000 == 7 ? "trace-0007" : "trace-none"; });
  server.run({{"LPUSH", "shop:mail:wait", "w"},
              {"HSET", "shop:mail:job:w", "made", "500", "body", "trace-0007 in the body"},
              {"LPUSH", "shop:mail:wait", "gone"}});
  const RedisSystem system = traced();
  WritableStore store(server, system);
  server.run({{"CONFIG", "RESETSTAT"}});
  const Page page = store.store->list(asking_for("trace-0007"));
  CHECK(ids_in(page) == std::set<std::string>{"mail:7", "mail:1007", "mail:2007", "mail:w"});
  CHECK(page.scanned == 3'002);
  for (const Job& job : page.jobs)
    if (job.ref.id.raw() == "mail:7") CHECK(job.batch_id->raw() == "1007");
  CHECK(calls(server, "hgetall") <= 10);
  CHECK(calls(server, "hmget") <= 3'010);
  CHECK(calls(server, "zscan") == 0);
  CHECK(calls(server, "zrevrange") <= 8);
  CHECK(calls(server, "hstrlen") == 0);
  CHECK(calls(server, "memory|usage") <= 10);
}

TEST_CASE("a word that may be a trace or an id is looked for in carriers and among ids") {
  RedisServer server;
  add_done(server, 200, [](int i) { return i == 7 ? "trace-0150" : "trace-none"; });
  server.run({{"ZADD", "shop:mail:done", "5", "trace-0150"}, {"HSET", "shop:mail:job:trace-0150", "made", "1"}});
  const RedisSystem system = traced();
  WritableStore store(server, system);
  server.run({{"CONFIG", "RESETSTAT"}});
  JobQuery query = asking_for("trace-0150");
  query.filter.any_of.resize(3);
  query.filter.any_of[0].traces = std::exchange(query.filter.traces, {});
  query.filter.any_of[1].ids = {"trace-0150"};
  query.filter.any_of[2].correlation_ids = {"trace-0150"};
  CHECK(ids_in(store.store->list(query)) == std::set<std::string>{"mail:7", "mail:trace-0150"});
  CHECK(calls(server, "hgetall") <= 8);
  // Jobs of a parent stand in no carrier.
  query.filter.any_of[2] = {};
  query.filter.any_of[2].parents = {"mail:1"};
  CHECK(told_by_carriers(query.filter, system).empty());
}

TEST_CASE("what stays in a sorted set is found whatever comes and goes while it is read") {
  const RedisSystem system = traced();
  const auto found = [&](const std::function<void(RedisServer&)>& meanwhile, int number) {
    RedisServer server;
    add_done(server, 1'500, [](int) { return "trace-0001"; });
    Source source;
    source.name = "test";
    source.system = "shop";
    const RedisSystem* const systems[] = {&system};
    const auto connection =
        std::make_shared<Interrupted>(connect_redis(server.target()), "ZREVRANGE", number, [&] { meanwhile(server); });
    const Page page = open_redis_stores(connection, source, systems).front()->list(asking_for("trace-0001"));
    CHECK_FALSE(page.next);  // all of it was read in one pass
    return ids_in(page);
  };
  for (int number = 2; number < 6; ++number) {
    CAPTURE(number);
    // The newest go, so that all others move up.
    const std::set<std::string> left = found(
        [](RedisServer& server) {
          server.run({{"ZREMRANGEBYRANK", "shop:mail:done", "-100", "-1"}});
        },
        number);
    for (int i = 0; i < 1'400; ++i) REQUIRE(left.contains("mail:" + std::to_string(i)));
    // All go but the oldest, which stand where nothing is asked for any more.
    const std::set<std::string> few = found(
        [](RedisServer& server) {
          server.run({{"ZREMRANGEBYRANK", "shop:mail:done", "10", "-1"}});
        },
        number);
    for (int i = 0; i < 10; ++i) REQUIRE(few.contains("mail:" + std::to_string(i)));
    // New ones come.
    const std::set<std::string> more = found(
        [](RedisServer& server) {
          std::vector<std::vector<std::string>> commands;
          for (int i = 0; i < 1'500; ++i)
            commands.push_back({"ZADD", "shop:mail:done", "9000", "n" + std::to_string(i)});
          server.run(commands);
        },
        number);
    for (int i = 0; i < 1'500; ++i) REQUIRE(more.contains("mail:" + std::to_string(i)));
  }
}

TEST_CASE("large carriers are looked through a few at a time, one that is too large in part") {
  RedisServer server;
  add_done(server, 3'000, [](int) { return "trace-none"; });
  for (int i = 0; i < 60; ++i) {
    const std::string id = "large-" + std::to_string(i);
    server.run({{"ZADD", "shop:mail:done", std::to_string(i), id},
                {"HSET", "shop:mail:job:" + id, "made", "101", "state", "d", "head",
                 i == 7   ? "trace-0007"
                 : i == 8 ? "trace-0008"
                          : "trace-none",
                 "body",
                 std::string((i == 7   ? 17
                              : i == 8 ? 9
                                       : 1) *
                                 mebibyte,
                             'x')}});
  }
  const RedisSystem system = traced();
  WritableStore store(server, system);
  const std::uint64_t before = peak_of(server);
  CHECK(ids_in(store.store->list(asking_for("trace-0007"))) == std::set<std::string>{"mail:large-7"});
  CHECK(ids_in(store.store->list(asking_for("trace-0008"))) == std::set<std::string>{"mail:large-8"});
  CHECK(store.store->list(asking_for("nowhere")).jobs.empty());
  CHECK(peak_of(server) < before + 24 * mebibyte);
}

TEST_CASE("where records may be large, the length of each is asked for just before it is read, and never long before") {
  RedisServer server;
  const std::string filler(48 * mebibyte, 'x');
  server.run({{"SET", "filler", filler}});
  add_done(server, 3'000, [](int i) { return i % 1'000 == 7 ? "trace-0007" : "trace-none"; });
  server.run({{"HSET", "shop:mail:job:1500", "body", std::string(9 * mebibyte, 'x'), "head", "trace-0007"}});
  const RedisSystem system = traced();
  std::vector<std::string> sent;
  Source source;
  source.name = "test";
  source.system = "shop";
  const RedisSystem* const systems[] = {&system};
  const auto connection = std::make_shared<Noted>(connect_redis(server.target()), sent);
  const Page page = open_redis_stores(connection, source, systems).front()->list(asking_for("trace-0007"));
  CHECK(ids_in(page) == std::set<std::string>{"mail:7", "mail:1007", "mail:2007", "mail:1500"});
  std::set<std::string> measured;
  std::size_t ahead = 0, read = 0;
  for (const std::string& command : sent) {
    const std::string key = command.substr(command.find(' ') + 1);
    if (command.starts_with("HSTRLEN ")) {
      CHECK(measured.insert(key).second);  // once each
      ahead = std::max(ahead, ++read);
    } else if (command.starts_with("HMGET ") && key.starts_with("shop:mail:job:")) {
      CHECK(measured.contains(key));
      --read;
    }
  }
  CHECK(measured.size() == 3'000);
  // What the server has just touched is read: lengths are at most three batches ahead.
  CHECK(ahead <= 3 * 128 + 1);
  CHECK(std::ranges::count(sent, "HMGET shop:mail:job:1500") == 0);
}
