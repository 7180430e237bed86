// Every system in Redis: jobs that lie beside those that are read are a store of their own, or are named with every
// answer; never passed over.
#include <doctest/doctest.h>

#include <algorithm>

#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/system.hpp"
#include "backends/systems/catalogue.hpp"
#include "tests/conformance/fixture.hpp"
#include "tests/support/redis_server.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

const RedisSystem& system_of(const Fixture& fixture) {
  const std::vector<const RedisSystem*>& systems = built_in_catalogue().redis;
  const auto found = std::ranges::find_if(systems, [&](const RedisSystem* one) {
    return one->info.name == fixture.expected.at("system").get<std::string>();
  });
  REQUIRE(found != systems.end());
  return **found;
}

std::vector<std::string> unseen_keys(const std::vector<std::unique_ptr<JobStore>>& stores) {
  std::vector<std::string> keys;
  for (const std::unique_ptr<JobStore>& store : stores)
    for (const Finding& finding : store->unseen())
      for (const Untrusted& name : finding.names) keys.push_back(name.raw());
  return keys;
}

/// The same, where there are any: a search ends after half a second, which a busy machine may use up.
std::vector<std::string> unseen_keys_at_last(const std::vector<std::unique_ptr<JobStore>>& stores) {
  constexpr int most_searches = 100;
  std::vector<std::string> keys;
  for (int search = 0; keys.empty() && search < most_searches; ++search) keys = unseen_keys(stores);
  return keys;
}

}  // namespace

TEST_CASE("jobs under a prefix are named where keys of the system have none") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    if (loaded.redis() == nullptr || !system_of(fixture).place.installation.key.empty()) continue;
    CHECK(unseen_keys(loaded.stores()).empty());
    loaded.redis()->run({{"EVAL",
                          "for _, key in ipairs(redis.call('KEYS', '*')) do redis.call('RESTORE', 'beside:' .. key, 0, "
                          "redis.call('DUMP', key)) end",
                          "0"}});
    const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again();
    const std::vector<std::string> named = unseen_keys_at_last(stores);
    CHECK_FALSE(named.empty());
    CHECK(std::ranges::all_of(named, [](const std::string& key) { return key.starts_with("beside:"); }));
  }
}

TEST_CASE("queues that the system's own set of names has lost are named, with the command that names them") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    if (loaded.redis() == nullptr) continue;
    const RedisSystem& system = system_of(fixture);
    const auto names = std::ranges::find(system.place.queues, QueueNames::From::set, &QueueNames::from);
    if (names == system.place.queues.end()) continue;
    RedisServer& server = *loaded.redis();
    // A queue of ours beside the others, in which a waiting job of the first one is.
    const std::vector<Untrusted> queues = loaded.store().queues({});
    REQUIRE_FALSE(queues.empty());
    const auto waiting = std::ranges::find_if(system.place.places, [](const PlaceRow& row) {
      return row.role == PlaceRole::waiting && has_name(row.key, "{queue}");
    });
    REQUIRE(waiting != system.place.places.end());
    const std::string prefix =
        loaded.source().keys.contains("prefix") ? loaded.source().keys.at("prefix") : std::string(system.place.prefix);
    const std::string lost = fill_key(waiting->key, {.prefix = prefix, .queue = "lost"});
    std::string copied;
    for (const Untrusted& queue : queues)
      if (const std::string key = fill_key(waiting->key, {.prefix = prefix, .queue = queue.raw()});
          copied.empty() && (server.ask({"TYPE", key}) == "list" || server.ask({"TYPE", key}) == "zset"))
        copied = key;
    if (copied.empty()) continue;
    server.run({{"COPY", copied, lost}});
    const std::vector<std::unique_ptr<JobStore>> stores = loaded.open_again();
    const std::vector<std::string> named = unseen_keys_at_last(stores);
    CHECK(joined(named) == joined({lost}));
    REQUIRE_FALSE(named.empty());
    const std::string remedy = stores.front()->unseen().front().remedy;
    CHECK(remedy.find("SADD") != std::string::npos);
    server.run({{"SADD", fill_key(names->key, {.prefix = prefix}),
                 fill_key(names->member, {.prefix = prefix, .queue = "lost"})}});
    CHECK(unseen_keys(loaded.open_again()).empty());
  }
}

TEST_CASE("a large keyspace is not walked beside every answer, which is said") {
  const auto scans = [](RedisServer& server) {
    const std::string told = server.ask({"INFO", "commandstats"});
    const std::string name = "cmdstat_scan:calls=";
    const std::size_t at = told.find(name);
    return at == std::string::npos ? 0 : std::stoi(told.substr(at + name.size()));
  };
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    LoadedFixture loaded(fixture);
    if (loaded.redis() == nullptr) continue;
    RedisServer& server = *loaded.redis();
    server.run({{"EVAL", "for i = 1, 60000 do redis.call('SET', 'beside:' .. i, '') end", "0"}});
    for (const std::unique_ptr<JobStore>& store : loaded.open_again()) {
      server.run({{"CONFIG", "RESETSTAT"}});
      const std::vector<Finding> unseen = store->unseen();
      CHECK(scans(server) == 0);
      for (const Finding& finding : unseen) {
        CHECK(finding.unanswered);
        CHECK(finding.severity == Finding::Severity::note);
      }
      store->diagnose({});
      if (!unseen.empty()) CHECK(scans(server) > 0);
    }
  }
}
