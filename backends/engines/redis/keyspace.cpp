#include "backends/engines/redis/keyspace.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/job_tally.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/locator.hpp"
#include "backends/engines/redis/walker.hpp"
#include "model/error.hpp"
#include "model/job_filter.hpp"
#include "model/job_reference.hpp"

namespace queuetrace {
namespace {

/// Lists of one family looked at; more are reported, not read.
constexpr std::size_t most_lists = 100'000;

/// For so long the names that a pass over all keys found are taken as they are.
constexpr std::chrono::seconds names_last{10};

/// A hand-over in several commands looks like an abandoned job for a moment: look twice, this far apart.
constexpr std::chrono::milliseconds second_look{25};

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

/// The keys of a family whose free parts are the members of a set.
FoundKeys named_keys(RedisConnection& connection, const Place& place, std::size_t most, const ReadLimits& limits) {
  FoundKeys found;
  std::set<std::string> keys;
  std::string cursor = "0";
  do {
    if (limits.stop.stop_requested() || std::chrono::steady_clock::now() >= limits.deadline || keys.size() >= most) {
      found.complete = false;
      break;
    }
    const Reply reply = connection.ask({"SSCAN", place.names, cursor, "COUNT", "1000"}, "read the names of the queues");
    if (reply.size() != 2) throw Error(ErrorKind::unreachable, "Redis answered SSCAN in an unknown form");
    cursor = std::string(reply[0].text());
    for (std::size_t i = 0; i < reply[1].size(); ++i)
      keys.insert(place.key + std::string(reply[1][i].text()) + place.suffix);
  } while (cursor != "0");
  found.keys.assign(keys.begin(), keys.end());
  return found;
}

/// The id that an element of a place of ids means.
std::string_view id_in(const RedisSystem& system, const Place& place, std::string_view element) {
  return system.read.id_in == nullptr ? element : system.read.id_in(place, element);
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
  const bool costly = std::ranges::any_of(
      system_.place.queues, [](const QueueNames& source) { return source.from == QueueNames::From::keys; });
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
            : named_keys(*connection_, *place, most_lists, limits);
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
  return open;
}

Timestamp RedisKeyspace::server_time() {
  const Reply reply = connection_->ask({"TIME"}, "read the server's clock");
  const auto part = [&](std::size_t index) {
    return reply.size() == 2 ? std::strtoll(std::string(reply[index].text()).c_str(), nullptr, 10) : 0;
  };
  return Timestamp(std::chrono::seconds(part(0)) + std::chrono::microseconds(part(1)));
}

std::string RedisKeyspace::record_key(const Place& place, std::string_view key, std::string_view element) const {
  if (place.holds != Holds::ids || system_.read.record.empty()) return {};
  return fill_key(system_.read.record,
                  {.prefix = deployment_.prefix, .queue = queue_of(place, key), .id = id_in(system_, place, element)});
}

Job RedisKeyspace::decode(const Entry& entry, const DecodeContext& context) const {
  Job job = system_.read.decode(entry, context);
  job.system = system_.info.name;
  job.spans = system_.info.spans;
  job.ref.source = address_;
  if (!job.queue && !entry.queue.empty()) job.queue = Untrusted(std::string(entry.queue));
  if (!job.native_state && !entry.place.native.empty()) job.native_state = Untrusted(std::string(entry.place.native));
  job.extra.push_back({"key", Untrusted(std::string(entry.key))});
  if (entry.place.container == Container::list) job.extra.push_back({"index", entry.index});
  if (!entry.score.empty()) job.extra.push_back({"score", Untrusted(std::string(entry.score))});
  if (entry.record.whole())
    job.extra.push_back({"size", static_cast<std::int64_t>(entry.record.bytes().size())});
  else if (entry.text)
    job.extra.push_back({"size", static_cast<std::int64_t>(entry.text->size())});
  else if (entry.place.holds == Holds::payloads && entry.place.container != Container::records)
    job.extra.push_back({"size", static_cast<std::int64_t>(entry.raw.size())});
  if (system_.read.ids_by_queue && job.queue) {
    if (!job.ref.id.empty()) job.extra.push_back({"id_in_queue", job.ref.id});
    job.ref.id = Untrusted(job_reference(job.queue->raw(), job.ref.id.raw()));
  }
  if (context.locators) job.locator = to_text(locate(entry, system_, deployment_));
  return job;
}

Entry entry_of(const RedisSystem& system, const OpenList& list, const Element& element) {
  const Place& place = *list.place;
  Entry entry{place, list.key, element.index, element.raw};
  if (place.container == Container::records) {
    entry.key = element.raw;
    entry.raw = free_part(element.raw, place.key, place.suffix);
  }
  if (place.names_queue) entry.queue = queue_of(place, list.key);
  if (place.holds == Holds::ids) entry.id = id_in(system, place, element.raw);
  entry.field = element.field;
  entry.score = element.score;
  entry.position = element.position;
  return entry;
}

std::vector<Job> RedisKeyspace::read_running(const OpenList& list, const DecodeContext& context) {
  std::vector<Job> jobs;
  for (int look = 0; look < 2; ++look) {
    std::vector<RedisCommand> commands{{"LRANGE", list.key, "0", std::to_string(largest_window - 1)}};
    if (system_.read.companions != nullptr) {
      std::vector<RedisCommand> more = system_.read.companions(*list.place, list.key, deployment_);
      commands.insert(commands.end(), more.begin(), more.end());
    }
    const std::vector<Reply> replies = connection_->transaction(commands);
    jobs.clear();
    if (error_word(replies[0].root()) == "WRONGTYPE") return jobs;
    require_success(replies[0].root(), "read the jobs of a worker");
    const std::span<const Reply> companions(replies.data() + 1, replies.size() - 1);
    for (std::size_t i = 0; i < replies[0].size(); ++i) {
      Element element{replies[0][i].text(), static_cast<std::int64_t>(i)};
      element.position = list.place->newest == ListEnd::head ? i : replies[0].size() - 1 - i;
      Entry entry = entry_of(system_, list, element);
      entry.companions = companions;
      jobs.push_back(decode(entry, context));
    }
    if (look == 0) {
      if (std::ranges::none_of(jobs, [&](const Job& job) { return is_stale(job, system_.read.stale_notes); })) break;
      std::this_thread::sleep_for(second_look);
    }
  }
  return jobs;
}

std::vector<Job> RedisKeyspace::running_jobs(const OpenLists& lists, const DecodeContext& context) {
  std::vector<Job> jobs;
  for (const OpenList& list : lists.lists) {
    if (!read_at_once(*list.place)) continue;
    std::vector<Job> some = read_running(list, context);
    std::move(some.begin(), some.end(), std::back_inserter(jobs));
  }
  return jobs;
}

bool RedisKeyspace::wants_queue(const std::vector<std::string>& queues, const Place& place,
                                std::string_view key) const {
  if (queues.empty()) return true;
  return std::ranges::any_of(queues, [&](const std::string& glob) {
    return matches_glob(glob, queue_of(place, key)) || (!place.alias.empty() && matches_glob(glob, place.alias));
  });
}

}  // namespace queuetrace
