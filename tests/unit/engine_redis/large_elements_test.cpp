// Elements and records of megabytes: what is asked for at once is bounded in bytes, wherever they lie.
#include <doctest/doctest.h>

#include <map>

#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/list_change.hpp"
#include "backends/engines/redis/window_size.hpp"
#include "tests/systems/redis_writes.hpp"
#include "tests/unit/engine_redis/made_up_shop.hpp"

using namespace queuetrace;
using test::RedisServer;
using test::WritableStore;
namespace shop = test::shop;

namespace {

constexpr std::uint64_t mebibyte = 1u << 20;

std::uint64_t peak_memory(RedisServer& server) {
  const std::string info = server.ask({"INFO", "memory"});
  return std::stoull(info.substr(info.find("used_memory_peak:") + 17));
}

std::string_view fill_removal(ScriptCall& call, const ActionTarget& target) {
  append_list_change(call, target, {});
  return {};
}

constexpr std::array answers{ScriptAnswer{"gone", Outcome::already, "it is not there"}};
constexpr std::array actions{RedisActionRule{.action = ActionKind::erase,
                                             .effect = "goes",
                                             .judge = shop::judge,
                                             .script = list_change_script,
                                             .fill = fill_removal,
                                             .together = elements_together,
                                             .answers = answers}};
constexpr std::array places{PlaceRow{.key = "big", .states = {JobState::pending}}};

RedisSystem one_list() {
  RedisSystem system{};
  system.info.name = "big";
  system.place = {.places = places};
  system.read = {.decode = shop::decode};
  system.change.actions = actions;
  return system;
}

std::vector<Job> all(JobStore& store, JobQuery query) {
  std::vector<Job> jobs;
  for (;;) {
    Page page = store.list(query);
    for (Job& job : page.jobs) jobs.push_back(std::move(job));
    if (!page.next) return jobs;
    query.after = page.next;
  }
}

std::map<std::string, int> counts(const std::vector<TargetReport>& reports) {
  std::map<std::string, int> out;
  for (const TargetReport& report : reports) ++out[std::string(to_word(report.outcome))];
  return out;
}

}  // namespace

TEST_CASE("windows of a container grow and shrink by what was seen and by what must be left") {
  WindowSize unknown(100'000, 0);
  CHECK(unknown.most() == 16);
  CHECK_FALSE(unknown.may_go_ahead(1));
  unknown.see(16, 16 * 100);
  CHECK(unknown.most() == 64);
  unknown.see(64, 64 * 2 * mebibyte);
  CHECK(unknown.most() == 2);

  WindowSize small(1'000, 200'000);
  CHECK(small.most() == largest_window);

  // 60 elements of 5 MB behind 3,000 of 200 bytes.
  WindowSize behind(3'060, 301 * mebibyte);
  CHECK(behind.most() == 1);
  std::uint64_t read = 0;
  while (read < 3'000) {
    const std::uint64_t size = behind.most();
    CHECK(size * ((301 * mebibyte) / (3'060 - read)) <= window_bytes + 301 * mebibyte / (3'060 - read));
    behind.see(size, size * 200);
    read += size;
  }
  CHECK(behind.most() == 1);

  // The same 60 somewhere among 100,000 small ones.
  WindowSize among(100'060, 330 * mebibyte);
  among.see(16, 16 * 200);
  CHECK(among.most() == 8);
  CHECK_FALSE(among.may_go_ahead(1));
}

TEST_CASE("a list of large elements is read, counted and peeked without a large answer") {
  for (const bool large_first : {false, true}) {
    CAPTURE(large_first);
    RedisServer server;
    const auto add_large = [&] {
      for (int i = 0; i < 40; ++i)
        server.run({{"LPUSH", "big", "large-" + std::to_string(i) + " 001" + std::string(mebibyte, 'x')}});
    };
    const auto add_small = [&] {
      std::vector<std::vector<std::string>> commands;
      for (int i = 0; i < 3'000; ++i) commands.push_back({"LPUSH", "big", "small-" + std::to_string(i) + " 002"});
      server.run(commands);
    };
    if (large_first) add_small();
    add_large();
    if (!large_first) add_small();
    const RedisSystem system = one_list();
    WritableStore store(server, system);
    const std::uint64_t before = peak_memory(server);
    JobQuery query;
    query.filter.ids = {"large-0"};
    CHECK(all(*store.store, query).size() == 1);
    query.filter = {};
    query.page_size = 500;
    CHECK(all(*store.store, query).size() == 3'040);
    StatisticsQuery statistics;
    CHECK(store.store->statistics(statistics).queues.at(0).states.at(0).count.value == 3'040);
    PeekQuery peek;
    peek.count = 50;
    CHECK(store.store->peek(peek).queues.at(0).next.size() == 50);
    CHECK(peak_memory(server) < before + 20 * mebibyte);
  }
}

TEST_CASE("large elements are planned by their digest, deleted, and put back byte for byte") {
  RedisServer server;
  for (int i = 0; i < 20; ++i)
    server.run(
        {{"LPUSH", "big", "large-" + std::to_string(i) + " 001" + std::string(mebibyte, static_cast<char>('a' + i))},
         {"LPUSH", "big", "small-" + std::to_string(i) + " 002"}});
  const std::string whole = server.ask({"LRANGE", "big", "0", "-1"});
  const RedisSystem system = one_list();
  WritableStore store(server, system);
  Action erase;
  erase.kind = ActionKind::erase;
  const std::vector<Target> targets = store.plan(erase);
  REQUIRE(targets.size() == 40);
  for (const Target& target : targets) {
    CHECK(target.locator.size() < 1'000);
    CHECK(to_text(read_redis_locator(target.locator)) == target.locator);
  }
  CHECK(store.administration().bytes_of(targets.front()) > mebibyte);
  std::vector<BackupRecord> records;
  const std::uint64_t before = peak_memory(server);
  std::map<std::string, int> done;
  for (std::size_t at = 0; at < targets.size(); at += 8) {
    const std::span<const Target> chunk = std::span(targets).subspan(at, 8);
    for (BackupRecord& record : store.administration().back_up(chunk, {})) records.push_back(std::move(record));
    for (const auto& [word, count] : counts(store.administration().apply(erase, chunk, {}))) done[word] += count;
  }
  CHECK(done == std::map<std::string, int>{{"done", 40}});
  CHECK(server.ask({"EXISTS", "big"}) == "0");
  CHECK(peak_memory(server) < before + 30 * mebibyte);
  CHECK(counts(store.apply(erase, targets)) == std::map<std::string, int>{{"already", 40}});
  REQUIRE(records.size() == 40);
  std::map<std::string, int> restored;
  for (const BackupRecord& record : records)
    for (const auto& [word, count] : counts(store.administration().restore({record}, false, {})))
      restored[word] += count;
  CHECK(restored == std::map<std::string, int>{{"done", 40}});
  CHECK((server.ask({"LRANGE", "big", "0", "-1"}) == whole));
}

TEST_CASE("pages of large elements go on where they ended") {
  RedisServer server;
  for (int i = 0; i < 7; ++i)
    server.run({{"LPUSH", "big", "large-" + std::to_string(i) + " 001" + std::string(9 * mebibyte, 'x')}});
  const RedisSystem system = one_list();
  WritableStore store(server, system);
  const std::uint64_t before = peak_memory(server);
  JobQuery query;
  query.page_size = 2;
  std::vector<std::string> ids;
  for (;;) {
    const Page page = store.store->list(query);
    CHECK(page.warnings.empty());
    for (const Job& job : page.jobs) ids.push_back(job.ref.id.raw());
    if (!page.next) break;
    query.after = page.next;
  }
  CHECK(ids == std::vector<std::string>{"large-6", "large-5", "large-4", "large-3", "large-2", "large-1", "large-0"});
  CHECK(peak_memory(server) < before + 40 * mebibyte);
}

TEST_CASE("an element larger than what is kept of one is named, counted and shown cut, and left alone by changes") {
  RedisServer server;
  server.run({{"LPUSH", "big", "first 001"},
              {"LPUSH", "big", "huge 002" + std::string(17 * mebibyte, 'x')},
              {"LPUSH", "big", "last 003"}});
  const RedisSystem system = one_list();
  WritableStore store(server, system);
  const std::vector<Job> jobs = all(*store.store, {});
  REQUIRE(jobs.size() == 3);
  CHECK(jobs[1].ref.id.raw() == "huge");
  CHECK(has_note(jobs[1], "cut"));
  CHECK(store.store->statistics({}).queues.at(0).states.at(0).count.value == 3);
  Action erase;
  erase.kind = ActionKind::erase;
  const std::vector<Target> targets = store.plan(erase);
  std::map<std::string, Verdict> verdicts;
  for (const Target& target : targets) verdicts[target.job.ref.id.raw()] = target.verdict;
  CHECK(verdicts ==
        std::map<std::string, Verdict>{{"first", Verdict::act}, {"huge", Verdict::skip}, {"last", Verdict::act}});
  CHECK(counts(store.apply(erase, targets)) == std::map<std::string, int>{{"done", 2}, {"skipped", 1}});
}

TEST_CASE("records of megabytes are read a few at a time, one that is too large by its summary") {
  RedisServer server;
  server.run({{"SADD", "shop:queues", "shop:mail"}});
  for (int i = 0; i < 60; ++i) {
    const std::string id = std::to_string(i);
    server.run({{"LPUSH", "shop:mail:wait", id},
                {"HSET", "shop:mail:job:" + id, "made", "101", "state", "w", "body",
                 std::string(i == 7 ? 17 * mebibyte : mebibyte, 'x')}});
  }
  static constexpr std::array<std::string_view, 2> summary{"made", "state"};
  RedisSystem system = shop::system();
  system.read.summary_fields = summary;
  WritableStore store(server, system);
  const std::uint64_t before = peak_memory(server);
  JobQuery query;
  TraceQuery& wanted = query.filter.traces.emplace_back();
  wanted.typed = "nowhere";
  wanted.spellings = {"nowhere"};
  CHECK(all(*store.store, query).empty());
  const std::vector<Job> jobs = all(*store.store, {});
  REQUIRE(jobs.size() == 60);
  std::vector<std::string> cut;
  for (const Job& job : jobs)
    if (has_note(job, "cut")) cut.push_back(job.ref.id.raw());
  CHECK(cut == std::vector<std::string>{"mail:7"});
  CHECK(peak_memory(server) < before + 20 * mebibyte);
}
