#include "backends/engines/redis/unread_lists.hpp"

#include <algorithm>

#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/queue_search.hpp"
#include "model/job_filter.hpp"
#include "model/plain_names.hpp"

namespace queuetrace {
namespace {

constexpr std::chrono::milliseconds longest_search{500};
constexpr std::size_t most_lists = 1'000;
/// Elements asked for at once: they may be large.
constexpr std::size_t at_once = 8;

bool is_in_family(const Place& place, std::string_view key) {
  return place.family && key.size() > place.key.size() + place.suffix.size() && key.starts_with(place.key) &&
         key.ends_with(place.suffix);
}

/// Whether the place's jobs are those of the key. Absent names: whatever is in a family is read.
bool is_read(const Place& place, std::string_view key, const std::optional<FoundNames>& queues) {
  if (!place.family) return place.key == key;
  if (!is_in_family(place, key)) return false;
  return !place.names_queue || !queues || !queues->complete ||
         std::ranges::binary_search(queues->names, queue_of(place, key), {},
                                    [](const std::string& name) { return std::string_view(name); });
}

/// Lists that the source says are somebody else's: globs between commas, in the setting `ignored_lists`.
bool is_ignored(const Deployment& deployment, std::string_view key) {
  const auto setting = deployment.settings.find("ignored_lists");
  if (setting == deployment.settings.end()) return false;
  for (std::string_view rest = setting->second; !rest.empty();) {
    const std::size_t end = std::min(rest.find(','), rest.size());
    if (matches_glob(rest.substr(0, end), key)) return true;
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return false;
}

}  // namespace

UnreadLists find_unread_lists(RedisConnection& connection, const RedisSystem& system, const Deployment& deployment,
                              ReadLimits limits) {
  UnreadLists unread;
  if (system.find.recognises == nullptr) return unread;
  limits.deadline = std::min(limits.deadline, std::chrono::steady_clock::now() + longest_search);
  FoundKeys found = scan_keys(connection, "*", most_lists, limits, "list");
  unread.complete = found.complete;
  std::optional<FoundNames> queues;
  if (!system.place.queues.empty() || system.place.find_queues != nullptr)
    queues = find_queues(connection, system, deployment, limits);
  // Other installations have their own lists; what has a name of this one can only be its own.
  const bool has_others = !system.place.installation.key.empty();
  std::erase_if(found.keys, [&](const std::string& key) {
    const auto reads = [&](const Place& place) { return is_read(place, key, queues); };
    const auto is_named = [&](const Place& place) { return is_in_family(place, key); };
    return is_ignored(deployment, key) || std::ranges::any_of(deployment.places, reads) ||
           (has_others && std::ranges::none_of(deployment.places, is_named));
  });
  for (std::size_t first = 0; first < found.keys.size(); first += at_once) {
    if (limits.stop.stop_requested() || std::chrono::steady_clock::now() >= limits.deadline) {
      unread.complete = false;
      break;
    }
    const std::size_t last = std::min(first + at_once, found.keys.size());
    std::vector<RedisCommand> commands;
    for (std::size_t i = first; i < last; ++i) {
      commands.push_back({"LINDEX", found.keys[i], "-1"});
      commands.push_back({"LLEN", found.keys[i]});
    }
    const std::vector<Reply> replies = connection.pipeline(commands);
    for (std::size_t i = first; i < last; ++i)
      if (const Reply& element = replies[2 * (i - first)];
          element.is(Reply::Type::string) && system.find.recognises(element.text()))
        unread.lists.push_back({found.keys[i], static_cast<std::uint64_t>(
                                                   std::max<std::int64_t>(0, replies[2 * (i - first) + 1].integer()))});
  }
  return unread;
}

std::optional<Finding> told(const UnreadLists& unread, const RedisSystem& system) {
  if (unread.lists.empty()) return std::nullopt;
  Finding lists{Finding::Severity::problem, "lists", "", "", std::string(system.find.unread_code)};
  for (const UnreadList& list : unread.lists) lists.names.emplace_back(list.key);
  lists.count = Count{lists.names.size(), unread.complete ? Exactness::exact : Exactness::at_least};
  lists.text = "lists that look like its jobs are not read: " + plain_names(lists.names);
  lists.remedy = "name them where the system keeps the names of its queues, or in the keys of the source";
  return lists;
}

}  // namespace queuetrace
