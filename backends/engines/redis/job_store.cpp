#include "backends/engines/redis/job_store.hpp"

#include <algorithm>
#include <set>

#include "backends/engines/redis/administration.hpp"
#include "backends/engines/redis/entry_reader.hpp"
#include "backends/engines/redis/listing.hpp"
#include "backends/engines/redis/peek.hpp"
#include "backends/engines/redis/scan_walker.hpp"
#include "backends/engines/redis/statistics.hpp"
#include "backends/engines/redis/write_obstacle.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Records looked at for the names of queues when no bound is given.
constexpr std::uint64_t most_examined = 1'000'000;

}  // namespace

RedisJobStore::RedisJobStore(RedisKeyspace keys, Milliseconds alert_age)
    : keys_(std::move(keys)), alert_age_(alert_age) {}

RedisJobStore::~RedisJobStore() = default;

JobAdministration& RedisJobStore::administration() {
  if (keys_.connection().access() != Access::write)
    throw Error(ErrorKind::internal, "source '" + address() + "' was opened for reading");
  if (!administration_) {
    refuse_unwritable(keys_.connection(), address());
    administration_ = std::make_unique<RedisAdministration>(keys());
  }
  return *administration_;
}

Capabilities RedisJobStore::capabilities() const {
  const bool by_id = std::any_of(keys_.deployment().places.begin(), keys_.deployment().places.end(),
                                 [](const Place& place) { return place.container == Container::records; });
  return {.ordered = true,
          .trace = Lookup::scanned,
          .correlation = keys_.system().read.correlation,
          .id = by_id ? Lookup::indexed : Lookup::scanned,
          .links = keys_.system().read.links,
          .one_walk = true,
          .times = keys_.system().read.times};
}

Page RedisJobStore::list(const JobQuery& query) {
  keys_.connection().discard_outstanding();
  return Listing(keys(), query).run();
}

Statistics RedisJobStore::statistics(const StatisticsQuery& query) { return StatisticsReader(keys(), query).run(); }

PeekResult RedisJobStore::peek(const PeekQuery& query) { return Peek(keys(), query).run(); }

/// Queues that only records name, found by looking at the records.
static void add_queues_of_records(RedisKeyspace& keys, const OpenList& list, const ReadLimits& limits,
                                  std::set<Untrusted>& names) {
  const DecodeContext context{keys.deployment(), {}, false};
  const JobFilter anything;
  ListProgress progress;
  progress.key = list.key;
  ScanWalker walker(keys.connection(), keys.system(), *list.place, progress);
  EntryReader reader(keys, anything, context, EntryReader::Depth::summary);
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

std::vector<Untrusted> RedisJobStore::queues(const ReadLimits& limits) {
  std::set<Untrusted> names;
  std::vector<const Place*> places;
  if (keys_.finds_queues())
    for (const std::string& name : keys_.queue_names(limits).names) names.emplace(name);
  for (const Place& place : keys_.deployment().places) {
    const bool named = place.names_queue && keys_.finds_queues();
    if (!named && (place.role == PlaceRole::waiting || (place.container == Container::records && place.listed)))
      places.push_back(&place);
  }
  for (const OpenList& list : keys().open_lists(limits, places).lists) {
    if (list.place->container == Container::records)
      add_queues_of_records(keys(), list, limits, names);
    else if (!list.place->shared)
      names.emplace(std::string(queue_of(*list.place, list.key)));
  }
  for (const Place& place : keys_.deployment().places) {
    if (place.family || place.shared || (place.role != PlaceRole::waiting && !names_finished(place, place.key)))
      continue;
    names.emplace(place.key);
    if (!place.alias.empty()) names.emplace(place.alias);
  }
  return {names.begin(), names.end()};
}

std::vector<Finding> RedisJobStore::unseen() {
  if (unseen_) return *unseen_;
  unseen_.emplace();
  const UnreadKeys unread = look_beside(SearchDepth::beside_an_answer, {});
  if (std::optional<Finding> keys = told(unread, keys_.system(), keys_.deployment()))
    unseen_->push_back(std::move(*keys));
  return *unseen_;
}

UnreadKeys RedisJobStore::look_beside(SearchDepth depth, const ReadLimits& limits) {
  keys_.connection().discard_outstanding();
  try {
    return find_unread_keys(keys_.connection(), keys_.system(), keys_.deployment(), depth, limits);
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::authentication) throw;
    return {};
  }
}

}  // namespace queuetrace
