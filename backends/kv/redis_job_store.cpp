#include "backends/kv/redis_job_store.hpp"

#include <algorithm>
#include <set>
#include <thread>

#include "backends/kv/job_matcher.hpp"
#include "backends/kv/key_scan.hpp"
#include "backends/kv/list_walker.hpp"
#include "backends/redis/reply_error.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Lists of one family looked at; more are reported, not read.
constexpr std::size_t most_lists = 100'000;

/// A hand-over in several commands looks like an abandoned job for a moment: look twice, this far apart.
constexpr std::chrono::milliseconds second_look{25};

bool seems_abandoned(const Job& job) {
  return std::any_of(job.notes.begin(), job.notes.end(), [](const Note& note) { return note.code == "orphaned"; });
}

}  // namespace

RedisJobStore::RedisJobStore(std::shared_ptr<RedisConnection> connection, const RedisSystem& system,
                             Deployment deployment)
    : connection_(std::move(connection)), system_(system), deployment_(std::move(deployment)) {}

Capabilities RedisJobStore::capabilities() const {
  return {.ordered = true,
          .trace = Lookup::scanned,
          .correlation = Lookup::unsupported,
          .id = Lookup::scanned,
          .times = false};
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
    if (!place->family) {
      candidates.push_back({place, place->key, 0});
      continue;
    }
    const FoundKeys found =
        scan_keys(*connection_, quote_glob(place->key) + "*" + quote_glob(place->suffix), most_lists, limits);
    open.complete = open.complete && found.complete;
    for (const std::string& key : found.keys)
      if (key.size() > place->key.size() + place->suffix.size()) candidates.push_back({place, key, 0});
  }
  std::vector<RedisCommand> commands;
  for (const OpenList& candidate : candidates) commands.push_back({"LLEN", candidate.key});
  const std::vector<Reply> replies = connection_->pipeline(commands);
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (error_word(replies[i].root()) == "WRONGTYPE") {
      // Family keys are data: they are named in warnings only when the configuration names them.
      const std::string name =
          candidates[i].place->family ? "a key of the family '" + candidates[i].place->key + "*'" : candidates[i].key;
      open.warnings.push_back(name + " is not a list: skipped");
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
  Job job = system_.decode(entry, context);
  job.system = system_.info.name;
  job.spans = system_.info.spans;
  job.ref.source = address();
  if (!job.native_state && !entry.place.native.empty()) job.native_state = Untrusted(std::string(entry.place.native));
  job.extra.push_back({"key", Untrusted(std::string(entry.key))});
  job.extra.push_back({"index", entry.index});
  job.extra.push_back({"size", static_cast<std::int64_t>(entry.raw.size())});
  return job;
}

std::vector<Job> RedisJobStore::read_running(const OpenList& list, const DecodeContext& context) {
  std::vector<Job> jobs;
  for (int look = 0; look < 2; ++look) {
    std::vector<RedisCommand> commands{{"LRANGE", list.key, "0", std::to_string(largest_window - 1)}};
    if (system_.companions != nullptr) {
      std::vector<RedisCommand> more = system_.companions(*list.place, list.key, deployment_);
      commands.insert(commands.end(), more.begin(), more.end());
    }
    const std::vector<Reply> replies = connection_->transaction(commands);
    jobs.clear();
    if (error_word(replies[0].root()) == "WRONGTYPE") return jobs;
    require_success(replies[0].root(), "read the jobs of a worker");
    const std::span<const Reply> companions(replies.data() + 1, replies.size() - 1);
    for (std::size_t i = 0; i < replies[0].size(); ++i)
      jobs.push_back(
          decode({*list.place, list.key, static_cast<std::int64_t>(i), replies[0][i].text(), companions}, context));
    if (look == 0) {
      if (std::none_of(jobs.begin(), jobs.end(), seems_abandoned)) break;
      std::this_thread::sleep_for(second_look);
    }
  }
  return jobs;
}

std::vector<Job> RedisJobStore::running_jobs(const OpenLists& lists, const DecodeContext& context) {
  std::vector<Job> jobs;
  for (const OpenList& list : lists.lists) {
    if (list.place->role != PlaceRole::running) continue;
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
  for (const OpenList& list : open_lists(limits, places_of(PlaceRole::waiting)).lists) names.emplace(list.key);
  for (const Place* place : places_of(PlaceRole::waiting))
    if (!place->family) names.emplace(place->key);
  return {names.begin(), names.end()};
}

}  // namespace queuetrace
