#include "backends/engines/redis/keyspace.hpp"

#include <algorithm>
#include <set>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/walker.hpp"
#include "model/error.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {
namespace {

/// Lists of one family looked at; more are reported, not read.
constexpr std::size_t most_lists = 100'000;

/// For so long the names that a pass over all keys found are taken as they are.
constexpr std::chrono::seconds names_last{10};

/// A server that takes no more holds nothing that is too large.
constexpr std::uint64_t much_memory = 32u << 20;

/// Parts of a container that MEMORY USAGE looks at: less than a millisecond of the server.
constexpr std::string_view samples_of_memory = "10000";

std::string_view length_command(Container container) {
  switch (container) {
    case Container::sorted_set: return "ZCARD";
    case Container::set: return "SCARD";
    case Container::hash: return "HLEN";
    case Container::list:
    case Container::records: break;
  }
  return "LLEN";
}

std::string_view name_of(Container container) {
  switch (container) {
    case Container::sorted_set: return "a sorted set";
    case Container::set: return "a set";
    case Container::hash:
    case Container::records: return "a hash";
    case Container::list: break;
  }
  return "a list";
}

/// The keys of a family whose free parts are members of a set or sorted set, or fields of a hash; none where that is of
/// another type, which `open` then says.
FoundKeys named_keys(RedisConnection& connection, const Place& place, std::size_t most, const ReadLimits& limits,
                     OpenLists& open) {
  const char* command = place.names_in == NamesIn::set ? "SSCAN" : place.names_in == NamesIn::hash ? "HSCAN" : "ZSCAN";
  const std::size_t step = place.names_in == NamesIn::set ? 1 : 2;
  FoundKeys found;
  std::set<std::string> keys;
  std::string cursor = "0";
  do {
    if (limits.stop.stop_requested() || std::chrono::steady_clock::now() >= limits.deadline || keys.size() >= most) {
      found.complete = false;
      break;
    }
    const RedisCommand scan{command, place.names, cursor, "COUNT", "1000"};
    const Reply reply = std::move(connection.pipeline({&scan, 1}).front());
    if (error_word(reply.root()) == "WRONGTYPE") {
      open.warnings.push_back(place.names + " is not what holds the names of queues: skipped");
      open.wrong_type.emplace_back(place.names);
      break;
    }
    require_success(reply.root(), "read the names of keys");
    if (reply.size() != 2) throw Error(ErrorKind::unreachable, "Redis answered SCAN in an unknown form");
    cursor = std::string(reply[0].text());
    for (std::size_t i = 0; i < reply[1].size(); i += step)
      keys.insert(place.key + std::string(reply[1][i].text()) + place.suffix);
  } while (cursor != "0");
  found.keys.assign(keys.begin(), keys.end());
  return found;
}

}  // namespace

bool names_finished(const Place& place, std::string_view name) {
  return !place.family && (place.role == PlaceRole::completed || place.role == PlaceRole::dead) &&
         (name == place.key || (!place.alias.empty() && name == place.alias));
}

std::vector<const Place*> RedisKeyspace::places_of(PlaceRole role) const {
  std::vector<const Place*> places;
  for (const Place& place : deployment_.places)
    if (place.role == role) places.push_back(&place);
  return places;
}

const FoundNames& RedisKeyspace::queue_names(const ReadLimits& limits) {
  const auto now = std::chrono::steady_clock::now();
  const bool costly =
      system_.place.find_queues != nullptr || std::ranges::any_of(system_.place.queues, [](const QueueNames& source) {
        return source.from == QueueNames::From::keys;
      });
  if (!queue_names_ || !costly || now - names_read_ > names_last) {
    queue_names_ = find_queues(*connection_, system_, deployment_, limits);
    names_read_ = now;
  }
  return *queue_names_;
}

OpenLists RedisKeyspace::open_all(const ReadLimits& limits) {
  std::vector<const Place*> places;
  for (const Place& place : deployment_.places) places.push_back(&place);
  return open_lists(limits, places);
}

const Place* RedisKeyspace::place_of(std::string_view key) const {
  for (const Place& place : deployment_.places) {
    if (!place.family && place.key == key) return &place;
    if (place.family && !free_part(key, place.key, place.suffix).empty() &&
        (system_.place.belongs == nullptr || system_.place.belongs(place, key)))
      return &place;
  }
  return nullptr;
}

OpenLists RedisKeyspace::open_lists(const ReadLimits& limits, const std::vector<const Place*>& places) {
  OpenLists open;
  open.warnings = deployment_.warnings;
  std::vector<OpenList> candidates;
  for (const Place* place : places) {
    if (place->container == Container::records) {
      open.lists.push_back({place, place->key, 0});
      continue;
    }
    if (!place->family) {
      candidates.push_back({place, place->key, 0});
      continue;
    }
    if (place->names_queue && place->names.empty() && finds_queues()) {
      const FoundNames& queues = queue_names(limits);
      open.complete = open.complete && queues.complete;
      for (const std::string& name : queues.names) candidates.push_back({place, place->key + name + place->suffix, 0});
      continue;
    }
    const FoundKeys found =
        place->names.empty()
            ? scan_keys(*connection_, quote_glob(place->key) + "*" + quote_glob(place->suffix), most_lists, limits)
            : named_keys(*connection_, *place, most_lists, limits, open);
    open.complete = open.complete && found.complete;
    for (const std::string& key : found.keys)
      if (!free_part(key, place->key, place->suffix).empty() &&
          (system_.place.belongs == nullptr || system_.place.belongs(*place, key)))
        candidates.push_back({place, key, 0});
  }
  std::vector<RedisCommand> commands;
  for (const OpenList& candidate : candidates)
    commands.push_back({std::string(length_command(candidate.place->container)), candidate.key});
  const std::vector<Reply> replies = connection_->pipeline(commands);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (error_word(replies[i].root()) == "WRONGTYPE") {
      // Family keys are data: they are named in warnings only when the configuration names them.
      const std::string name =
          candidates[i].place->family ? "a key of the family '" + candidates[i].place->key + "*'" : candidates[i].key;
      open.warnings.push_back(name + " is not " + std::string(name_of(candidates[i].place->container)) + ": skipped");
      open.wrong_type.emplace_back(candidates[i].key);
      continue;
    }
    require_success(replies[i].root(), "read the length of " + candidates[i].place->key);
    candidates[i].length = static_cast<std::uint64_t>(std::max<std::int64_t>(0, replies[i].integer()));
    if (candidates[i].length > 0) open.lists.push_back(std::move(candidates[i]));
  }
  ask_memory(open.lists);
  return open;
}

void RedisKeyspace::ask_memory(std::vector<OpenList>& lists) {
  std::vector<RedisCommand> commands;
  std::vector<OpenList*> asked;
  for (OpenList& list : lists) {
    if (list.place->holds != Holds::payloads || list.place->container == Container::records) continue;
    commands.push_back({"MEMORY", "USAGE", list.key, "SAMPLES", std::string(samples_of_memory)});
    asked.push_back(&list);
  }
  if (commands.empty()) return;
  const std::vector<Reply> replies = connection_->pipeline(commands);
  for (std::size_t i = 0; i < asked.size(); ++i)
    asked[i]->memory = static_cast<std::uint64_t>(std::max<std::int64_t>(0, replies[i].integer()));
}

bool RedisKeyspace::records_may_be_large() {
  if (may_be_large_) return *may_be_large_;
  const RedisCommand question{"INFO", "memory"};
  const Reply reply = std::move(connection_->pipeline({&question, 1}).front());
  constexpr std::string_view name = "used_memory:";
  const std::size_t at = reply.is(Reply::Type::string) ? reply.text().find(name) : std::string_view::npos;
  may_be_large_ =
      at == std::string_view::npos ||
      std::strtoull(std::string(reply.text().substr(at + name.size(), 20)).c_str(), nullptr, 10) > much_memory;
  return *may_be_large_;
}

Timestamp time_in(const Reply& reply) {
  // Users who may read jobs need not be allowed to read the clock; ours is close, and clock skew has its own finding.
  if (error_word(reply.root()) == "NOPERM")
    return std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
  require_success(reply.root(), "read the server's clock");
  const auto part = [&](std::size_t index) {
    return reply.size() == 2 ? std::strtoll(std::string(reply[index].text()).c_str(), nullptr, 10) : 0;
  };
  return Timestamp(std::chrono::seconds(part(0)) + std::chrono::microseconds(part(1)));
}

Timestamp RedisKeyspace::server_time() {
  const RedisCommand question{"TIME"};
  return time_in(std::move(connection_->pipeline({&question, 1}).front()));
}

bool RedisKeyspace::wants_queue(const std::vector<std::string>& queues, const Place& place,
                                std::string_view key) const {
  if (queues.empty()) return true;
  return std::ranges::any_of(queues, [&](const std::string& glob) {
    return matches_glob(glob, queue_of(place, key)) || (!place.alias.empty() && matches_glob(glob, place.alias)) ||
           (system_.place.queue_alias != nullptr && system_.place.queue_alias(glob, key, deployment_));
  });
}

}  // namespace queuetrace
