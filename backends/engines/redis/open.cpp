#include "backends/engines/redis/open.hpp"

#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/deployment.hpp"
#include "backends/engines/redis/job_store.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/list_ends.hpp"
#include "backends/engines/redis/open_joined.hpp"
#include "backends/engines/redis/other_databases.hpp"
#include "backends/engines/redis/prefix_search.hpp"
#include "backends/engines/redis/records_elsewhere.hpp"
#include "backends/engines/redis/unread_keys.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t keys_examined = 1000;
constexpr std::chrono::seconds longest_search{5};

/// The system's signs under its own prefix.
bool shows_signs(RedisConnection& connection, const RedisSystem& system) {
  if (system.find.signs.empty()) return false;
  const KeyNames names{.prefix = system.place.prefix};
  return count_signs(connection, system.find.signs, {&names, 1}).front() >= system.find.signs_needed;
}

/// Whether the end of any of these lists is the system's. Sets `complete` to false where a bound ended the look.
bool holds_entry_of(RedisConnection& connection, const RedisSystem& system, const std::vector<std::string>& lists,
                    const ReadLimits& limits, bool& complete) {
  bool found = false;
  const bool all = look_at_ends(connection, lists, limits, [&](std::size_t, std::string_view element) {
    found = system.find.recognises(element);
    return !found;
  });
  complete = complete && (all || found);
  return found;
}

/// Whether any of these keys is a record of the system's (RedisFinding::record_fields), where records tell it.
bool holds_record_of(RedisConnection& connection, const RedisSystem& system, const std::vector<std::string>& keys) {
  if (keys.empty() || system.find.record_fields.empty()) return !keys.empty();
  std::vector<RedisCommand> commands;
  for (const std::string& key : keys) commands.push_back(ask_for_record(system, key));
  return std::ranges::any_of(connection.pipeline(commands),
                             [&](const Reply& reply) { return holds_record(system, reply); });
}

/// Keys the source names for the system exist and hold its entries.
bool has_configured_keys(RedisConnection& connection, const RedisSystem& system, const Source& source,
                         const ReadLimits& limits) {
  if (system.find.recognises == nullptr || (source.keys.empty() && !source.system_config)) return false;
  std::vector<std::string> keys;
  // The prefix of an installation is no key of a system that has none.
  if (system.place.deploy == nullptr || source.keys.contains(std::string(prefix_option))) return false;
  for (const Place& place : system.place.deploy(source).places)
    if (!place.family && place.container == Container::list) keys.push_back(place.key);
  bool complete = true;
  if (holds_entry_of(connection, system, keys, limits, complete)) return true;
  // Where they are named, who may not look at them is told so.
  if (keys.empty()) return false;
  const RedisCommand look{"LINDEX", keys.front(), "-1"};
  const Reply reply = std::move(connection.pipeline({&look, 1}).front());
  if (error_word(reply.root()) == "NOPERM") require_success(reply.root(), "look at the named keys (LINDEX)");
  return false;
}

/// What looking at the keys of a database found, for all systems.
struct Looked {
  PrefixSearch& names;
  ReadLimits limits;  ///< of what is looked for by itself
  bool complete = true;
};

bool found_by_keys(RedisConnection& connection, const RedisSystem& system, std::size_t index, Looked& looked) {
  if (holds_record_of(connection, system, looked.names.written_alike(index))) return true;
  if (system.find.recognises == nullptr) return false;
  // Renamed keys: any list whose entries can only be of this system.
  const FoundKeys lists = scan_keys(connection, "*", keys_examined, looked.limits, "list");
  const bool found = holds_entry_of(connection, system, lists.keys, looked.limits, looked.complete);
  looked.complete = looked.complete && (found || lists.complete);
  return found;
}

/// A system whose installations are not looked for by their prefixes.
bool is_there(RedisConnection& connection, const RedisSystem& system, const Source& source, std::size_t index,
              Looked& looked) {
  return shows_signs(connection, system) || has_configured_keys(connection, system, source, looked.limits) ||
         (system.find.is_present != nullptr && looked.names.is_present(connection, system, system.place.prefix)) ||
         found_by_keys(connection, system, index, looked);
}

std::string names_of(std::span<const RedisSystem* const> systems) {
  std::string names;
  for (const RedisSystem* system : systems)
    names +=
        (names.empty() ? "" : ", ") + std::string(system->info.name) + " (" + std::string(system->info.storage) + ")";
  return names;
}

/// The prefixes a system is there under.
std::vector<std::string> prefixes_of(RedisConnection& connection, const RedisSystem& system, const Source& source,
                                     std::size_t index, Looked& looked) {
  const std::string standard(system.place.prefix);
  if (system.place.deploy == nullptr)
    if (const auto given = source.keys.find(std::string(prefix_option)); given != source.keys.end())
      return {given->second};
  std::vector<std::string> prefixes;
  if (!system.place.installation.key.empty())
    prefixes = looked.names.prefixes(connection, index);
  else if (source.system || is_there(connection, system, source, index, looked))
    prefixes = {standard};
  // What is named need not be there yet.
  if (source.system && prefixes.empty()) prefixes = {standard};
  return prefixes;
}

/// Where no store is: the jobs of a system that the pass found under keys it does not read; empty: there are none.
std::string jobs_elsewhere(RedisConnection& connection, std::span<const RedisSystem* const> systems,
                           const Source& source, const PrefixSearch& search) {
  for (std::size_t i = 0; i < systems.size(); ++i) {
    const RecordsElsewhere& records = search.records_elsewhere(i);
    if (!records.found_any()) continue;
    const Deployment deployment = make_deployment(connection, *systems[i], source, systems[i]->place.prefix);
    UnreadKeys unread;
    for (const std::string& record :
         records.confirmed(connection, [&](std::string_view key) { return is_of_others(key, deployment); }))
      unread.keys.push_back({record});
    if (unread.keys.empty()) continue;
    const std::optional<Finding> keys = told(unread, *systems[i], deployment);
    return std::string(systems[i]->info.title) + ": " + keys->text + "; " + keys->remedy;
  }
  return {};
}

/// Where the pass over the names ends, and the one over the lists: a database of a million keys takes about half a
/// second. Both together take no longer than the source's time for one statement.
ReadLimits limits_of_search(std::chrono::steady_clock::time_point end) {
  ReadLimits limits;
  limits.deadline = std::min(end, std::chrono::steady_clock::now() + longest_search);
  return limits;
}

}  // namespace

std::vector<std::unique_ptr<JobStore>> open_redis_stores(const std::shared_ptr<RedisConnection>& connection,
                                                         const Source& source,
                                                         std::span<const RedisSystem* const> systems,
                                                         std::span<const ForeignRedisSystem> foreign,
                                                         std::span<const RedisOutcomes> outcomes) {
  std::vector<const RedisSystem*> wanted;
  for (const RedisSystem* system : systems)
    if (!source.system || *source.system == system->info.name) wanted.push_back(system);
  PrefixSearch search(wanted);
  std::optional<NamedResults> results;
  Source of_others = source;  // what is said of results is for the system that they belong to alone
  if (const RedisOutcomes* rule = NamedResults::rule_for(source, wanted, outcomes)) {
    results.emplace(*rule, source, connection->access());
    of_others.keys.erase(std::string(rule->url_option));
    of_others.keys.erase(std::string(rule->prefix_option));
  }
  const bool one_is_named = source.keys.contains(std::string(prefix_option));
  const auto end = std::chrono::steady_clock::now() + source.statement_timeout;
  if ((search.looks_for_prefixes() && !one_is_named) || (search.looks_for_keys() && !source.system))
    search.run(*connection, limits_of_search(end));
  Looked looked{search, limits_of_search(end)};
  std::vector<std::unique_ptr<JobStore>> stores;
  std::vector<std::string> names;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    const RedisSystem& system = *wanted[i];
    const bool with_results = results && results->belong_to(system);
    const Source& of_system = with_results ? source : of_others;
    std::vector<std::string> prefixes = prefixes_of(*connection, system, of_system, i, looked);
    if (with_results && prefixes.empty()) prefixes.emplace_back(system.place.prefix);  // nothing waits
    if (with_results && prefixes.size() > 1)
      throw Error(ErrorKind::usage, "source '" + source.name + "' names results, and holds several installations of " +
                                        std::string(system.info.title))
          .with_hint("name the `prefix` of the one they belong to in the configuration (keys.prefix)");
    for (const std::string& prefix : prefixes) {
      if (results && results->are(*connection, system, prefix)) continue;
      Deployment deployment = make_deployment(*connection, system, of_system, prefix);
      if (!search.complete() && !system.place.installation.key.empty())
        deployment.warnings.push_back(
            "not all keys were read: installations under other prefixes may be missing; name the system and its "
            "`prefix` in the source");
      for (const std::string& other : prefixes)
        if (other != prefix) deployment.other_prefixes.push_back(other);
      RedisKeyspace keys(connection, system, std::move(deployment));
      if (with_results)
        stores.push_back(results->join(std::move(keys)));
      else
        stores.push_back(std::make_unique<RedisJobStore>(std::move(keys), source.alert_age));
      const bool own = prefix == system.place.prefix || one_is_named;
      names.push_back(std::string(system.info.name) + (own ? "" : "@" + installation_name(prefix)));
    }
  }
  for (std::size_t i = 0; i < stores.size(); ++i)
    stores[i]->set_address(stores.size() == 1 ? source.name : source.name + "/" + names[i]);
  if (!stores.empty()) return stores;
  if (source.system)
    throw Error(ErrorKind::usage, "'" + *source.system + "' is not a queue system that lives in Redis")
        .with_hint("known: " + names_of(systems));
  if (!search.has_run()) search.run(*connection, limits_of_search(end));
  if (search.refusal()) throw Error(*search.refusal());
  const std::string elsewhere = jobs_elsewhere(*connection, wanted, of_others, search);
  Error none(ErrorKind::not_found, "no queue system found in Redis at " + connection->target());
  if (!search.complete() || !looked.complete)
    none.while_doing("not all keys were looked at: 5 s, 1,000 lists and 64 MiB of their elements bound it");
  if (!elsewhere.empty()) throw none.with_hint(elsewhere);
  if (const std::vector<std::string_view> others = find_foreign(search.first_keys(), foreign); !others.empty()) {
    std::string known;
    for (const RedisSystem* system : systems) known += (known.empty() ? "" : ", ") + std::string(system->info.title);
    std::string found;
    for (const std::string_view name : others) found += (found.empty() ? "" : ", ") + std::string(name);
    throw Error(ErrorKind::not_found,
                "Redis at " + connection->target() + " holds keys of " + found + ", which queuetrace does not support")
        .with_hint("supported in Redis: " + known);
  }
  if (const std::string others = other_databases(*connection); !others.empty())
    throw none.with_hint(
        "other databases of this server hold keys: " + others +
        "; name the one with the queues in the URL, as in redis://host:6379/1, or the system and its keys in "
        "the source when they are renamed");
  throw none.with_hint("looked for " + names_of(systems) +
                       "; name the system and its keys in the source when they are renamed or empty");
}

}  // namespace queuetrace
