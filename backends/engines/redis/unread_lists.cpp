#include "backends/engines/redis/unread_lists.hpp"

#include <algorithm>

#include "backends/engines/redis/key_scan.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {
namespace {

constexpr std::chrono::milliseconds longest_search{500};
constexpr std::size_t most_lists = 1'000;
/// Elements asked for at once: they may be large.
constexpr std::size_t at_once = 8;
constexpr std::size_t most_named = 5, longest_name = 80;

bool is_read(const Place& place, std::string_view key) {
  if (!place.family) return place.key == key;
  return key.size() > place.key.size() + place.suffix.size() && key.starts_with(place.key) &&
         key.ends_with(place.suffix);
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

bool is_plain(std::string_view name) {
  return name.size() <= longest_name && std::ranges::all_of(name, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                  std::string_view("_-.:/@{}").find(c) != std::string_view::npos;
         });
}

}  // namespace

UnreadLists find_unread_lists(RedisConnection& connection, const RedisSystem& system, const Deployment& deployment,
                              ReadLimits limits) {
  UnreadLists unread;
  if (system.find.recognises == nullptr) return unread;
  limits.deadline = std::min(limits.deadline, std::chrono::steady_clock::now() + longest_search);
  FoundKeys found = scan_keys(connection, "*", most_lists, limits, "list");
  unread.complete = found.complete;
  std::erase_if(found.keys, [&](const std::string& key) {
    return is_ignored(deployment, key) ||
           std::ranges::any_of(deployment.places, [&](const Place& place) { return is_read(place, key); });
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

std::string told(const UnreadLists& unread) {
  if (unread.lists.empty()) return {};
  std::string names;
  std::size_t named = 0;
  for (const UnreadList& list : unread.lists) {
    if (named == most_named || !is_plain(list.key)) continue;
    names += (named++ == 0 ? "" : ", ") + list.key;
  }
  if (const std::size_t more = unread.lists.size() - named; more > 0)
    names += (named == 0 ? std::to_string(more) + " with unusual names" : " and " + std::to_string(more) + " more");
  return "lists that look like its jobs are not read: " + names +
         "; `queuetrace source check` says how to configure them";
}

}  // namespace queuetrace
