#include "backends/engines/redis/open.hpp"

#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/job_store.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t keys_examined = 1000;
constexpr std::chrono::seconds longest_search{5};

/// Any of the system's default keys of the right type.
bool shows_signs(RedisConnection& connection, const RedisSystem& system) {
  std::vector<RedisCommand> commands;
  for (const KeySign& sign : system.find.signs) commands.push_back({"TYPE", std::string(sign.key)});
  const std::vector<Reply> replies = connection.pipeline(commands);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    require_success(replies[i].root(), "read the type of a key (TYPE)");
    if (replies[i].text() == system.find.signs[i].type) return true;
  }
  return false;
}

bool holds_entry_of(RedisConnection& connection, const RedisSystem& system, const std::vector<std::string>& keys) {
  if (system.find.recognises == nullptr || keys.empty()) return false;
  std::vector<RedisCommand> commands;
  for (const std::string& key : keys) commands.push_back({"LINDEX", key, "-1"});
  for (const Reply& reply : connection.pipeline(commands))
    if (reply.is(Reply::Type::string) && system.find.recognises(reply.text())) return true;
  return false;
}

/// Keys the source names for the system exist and hold its entries.
bool has_configured_keys(RedisConnection& connection, const RedisSystem& system, const Source& source) {
  if (system.find.recognises == nullptr || (source.keys.empty() && !source.system_config)) return false;
  std::vector<std::string> keys;
  for (const Place& place : system.place.deploy(source).places)
    if (!place.family && place.container == Container::list) keys.push_back(place.key);
  return holds_entry_of(connection, system, keys);
}

bool found_by_scan(RedisConnection& connection, const RedisSystem& system) {
  ReadLimits limits;
  limits.deadline = std::chrono::steady_clock::now() + longest_search;
  for (const std::string_view pattern : system.find.scan_patterns)
    if (!scan_keys(connection, std::string(pattern), 1, limits).keys.empty()) return true;
  if (system.find.recognises == nullptr) return false;
  // Renamed keys: any list whose entries can only be of this system.
  return holds_entry_of(connection, system, scan_keys(connection, "*", keys_examined, limits, "list").keys);
}

bool is_there(RedisConnection& connection, const RedisSystem& system, const Source& source) {
  return shows_signs(connection, system) || has_configured_keys(connection, system, source) ||
         (system.find.is_present != nullptr && system.find.is_present(connection)) || found_by_scan(connection, system);
}

std::string names_of(std::span<const RedisSystem* const> systems) {
  std::string names;
  for (const RedisSystem* system : systems)
    names +=
        (names.empty() ? "" : ", ") + std::string(system->info.name) + " (" + std::string(system->info.storage) + ")";
  return names;
}

}  // namespace

std::vector<std::unique_ptr<JobStore>> open_redis_stores(const std::shared_ptr<RedisConnection>& connection,
                                                         const Source& source,
                                                         std::span<const RedisSystem* const> systems) {
  std::vector<std::unique_ptr<JobStore>> stores;
  for (const RedisSystem* system : systems) {
    const bool wanted = source.system ? *source.system == system->info.name : is_there(*connection, *system, source);
    if (wanted) stores.push_back(std::make_unique<RedisJobStore>(connection, *system, system->place.deploy(source)));
  }
  for (const std::unique_ptr<JobStore>& store : stores)
    store->set_address(stores.size() == 1 ? source.name : source.name + "/" + std::string(store->system().name));
  if (!stores.empty()) return stores;
  if (source.system)
    throw Error(ErrorKind::usage, "'" + *source.system + "' is no queue system that lives in Redis")
        .with_hint("known: " + names_of(systems));
  throw Error(ErrorKind::not_found, "no queue system found in Redis at " + connection->target())
      .with_hint("looked for " + names_of(systems) +
                 "; name the system and its keys in the source when they are renamed or empty");
}

}  // namespace queuetrace
