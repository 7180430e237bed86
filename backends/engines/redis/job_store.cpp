#include "backends/engines/redis/job_store.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/administration.hpp"
#include "backends/engines/redis/entry_reader.hpp"
#include "backends/engines/redis/job_matcher.hpp"
#include "backends/engines/redis/job_tally.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/locator.hpp"
#include "backends/engines/redis/scan_walker.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Lists of one family looked at; more are reported, not read.
constexpr std::size_t most_lists = 100'000;

/// Records looked at for the names of queues when no bound is given.
constexpr std::uint64_t most_examined = 1'000'000;

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

}  // namespace

bool names_finished(const Place& place, std::string_view name) {
  return !place.family && (place.role == PlaceRole::completed || place.role == PlaceRole::dead) &&
         (name == place.key || (!place.alias.empty() && name == place.alias));
}

RedisJobStore::RedisJobStore(std::shared_ptr<RedisConnection> connection, const RedisSystem& system,
                             Deployment deployment)
    : connection_(std::move(connection)), system_(system), deployment_(std::move(deployment)) {}

RedisJobStore::~RedisJobStore() = default;

JobAdministration& RedisJobStore::administration() {
  if (connection_->access() != Access::write)
    throw Error(ErrorKind::internal, "source '" + address() + "' was opened for reading");
  if (!administration_) administration_ = std::make_unique<RedisAdministration>(*this);
  return *administration_;
}

Capabilities RedisJobStore::capabilities() const {
  const bool by_id = std::any_of(deployment_.places.begin(), deployment_.places.end(),
                                 [](const Place& place) { return place.container == Container::records; });
  return {.ordered = true,
          .trace = Lookup::scanned,
          .correlation = system_.read.correlation,
          .id = by_id ? Lookup::indexed : Lookup::scanned,
          .links = system_.read.links,
          .times = system_.read.times};
}

std::vector<const Place*> RedisJobStore::places_of(PlaceRole role) const {
  std::vector<const Place*> places;
  for (const Place& place : deployment_.places)
    if (place.role == role) places.push_back(&place);
  return places;
}

OpenLists RedisJobStore::open_lists(const ReadLimits& limits, const std::vector<const Place*>& places) {
  OpenLists open;
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
    const FoundKeys found =
        place->names.empty()
            ? scan_keys(*connection_, quote_glob(place->key) + "*" + quote_glob(place->suffix), most_lists, limits)
            : named_keys(*connection_, *place, most_lists, limits);
    open.complete = open.complete && found.complete;
    for (const std::string& key : found.keys)
      if (key.size() > place->key.size() + place->suffix.size() &&
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

Timestamp RedisJobStore::server_time() {
  const Reply reply = connection_->ask({"TIME"}, "read the server's clock");
  const auto part = [&](std::size_t index) {
    return reply.size() == 2 ? std::strtoll(std::string(reply[index].text()).c_str(), nullptr, 10) : 0;
  };
  return Timestamp(std::chrono::seconds(part(0)) + std::chrono::microseconds(part(1)));
}

Job RedisJobStore::decode(const Entry& entry, const DecodeContext& context) const {
  Job job = system_.read.decode(entry, context);
  job.system = system_.info.name;
  job.spans = system_.info.spans;
  job.ref.source = address();
  if (!job.native_state && !entry.place.native.empty()) job.native_state = Untrusted(std::string(entry.place.native));
  job.extra.push_back({"key", Untrusted(std::string(entry.key))});
  if (entry.place.container == Container::list) job.extra.push_back({"index", entry.index});
  if (!entry.score.empty()) job.extra.push_back({"score", Untrusted(std::string(entry.score))});
  if (entry.record.whole())
    job.extra.push_back({"size", static_cast<std::int64_t>(entry.record.bytes().size())});
  else if (entry.place.holds == Holds::payloads && entry.place.container != Container::records)
    job.extra.push_back({"size", static_cast<std::int64_t>(entry.raw.size())});
  if (context.locators) job.locator = to_text(locate(entry, system_));
  return job;
}

std::vector<Job> RedisJobStore::read_running(const OpenList& list, const DecodeContext& context) {
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
      Entry entry{*list.place, list.key, static_cast<std::int64_t>(i), replies[0][i].text(), companions};
      entry.position = list.place->newest == ListEnd::head ? i : replies[0].size() - 1 - i;
      jobs.push_back(decode(entry, context));
    }
    if (look == 0) {
      if (std::ranges::none_of(jobs, [&](const Job& job) { return is_stale(job, system_.read.stale_notes); })) break;
      std::this_thread::sleep_for(second_look);
    }
  }
  return jobs;
}

std::vector<Job> RedisJobStore::running_jobs(const OpenLists& lists, const DecodeContext& context) {
  std::vector<Job> jobs;
  for (const OpenList& list : lists.lists) {
    if (!read_at_once(*list.place)) continue;
    std::vector<Job> some = read_running(list, context);
    std::move(some.begin(), some.end(), std::back_inserter(jobs));
  }
  return jobs;
}

bool RedisJobStore::wants_queue(const std::vector<std::string>& queues, const Place& place,
                                const std::string& key) const {
  if (queues.empty()) return true;
  return std::any_of(queues.begin(), queues.end(), [&](const std::string& glob) {
    return matches_glob(glob, key) || (!place.alias.empty() && matches_glob(glob, place.alias));
  });
}

std::vector<Untrusted> RedisJobStore::queues(const ReadLimits& limits) {
  std::set<Untrusted> names;
  std::vector<const Place*> places;
  for (const Place& place : deployment_.places)
    if (place.role == PlaceRole::waiting || (place.container == Container::records && place.listed))
      places.push_back(&place);
  const DecodeContext context{deployment_, {}, false};
  const JobFilter anything;
  for (const OpenList& list : open_lists(limits, places).lists) {
    if (list.place->container != Container::records) {
      if (!list.place->shared) names.emplace(list.key);
      continue;
    }
    ListProgress progress;
    progress.key = list.key;
    ScanWalker walker(*connection_, system_, *list.place, progress);
    EntryReader reader(*this, anything, context, EntryReader::Depth::summary);
    std::uint64_t examined = 0;
    while (examined < limits.scan.value_or(most_examined) && !limits.stop.stop_requested() &&
           std::chrono::steady_clock::now() < limits.deadline && walker.request(largest_window)) {
      walker.receive();
      const Window window = walker.take();
      // What a record alone tells is enough here: no job is admitted to its details.
      reader.read(list, window, window.elements.size(), [&](std::size_t, const Job& job) {
        if (job.queue) names.insert(*job.queue);
        return false;
      });
      examined += window.elements.size();
    }
  }
  for (const Place& place : deployment_.places) {
    if (place.family || place.shared || (place.role != PlaceRole::waiting && !names_finished(place, place.key)))
      continue;
    names.emplace(place.key);
    if (!place.alias.empty()) names.emplace(place.alias);
  }
  return {names.begin(), names.end()};
}

}  // namespace queuetrace
