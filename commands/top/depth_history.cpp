#include "commands/top/depth_history.hpp"

namespace queuetrace {
namespace {

std::int64_t minute_of(Timestamp time) {
  return std::chrono::floor<std::chrono::minutes>(time).time_since_epoch().count();
}

std::int64_t first_minute(Timestamp now) {
  return minute_of(now) - static_cast<std::int64_t>(DepthHistory::minutes) + 1;
}

}  // namespace

void DepthHistory::add(const std::string& key, Timestamp at, std::uint64_t waiting) {
  waiting_[key][minute_of(at)] = waiting;
}

std::vector<std::optional<std::uint64_t>> DepthHistory::of(const std::string& key, Timestamp now) const {
  std::vector<std::optional<std::uint64_t>> depths(minutes);
  const auto found = waiting_.find(key);
  if (found == waiting_.end()) return depths;
  for (const auto& [minute, waiting] : found->second)
    if (minute >= first_minute(now) && minute <= minute_of(now))
      depths[static_cast<std::size_t>(minute - first_minute(now))] = waiting;
  return depths;
}

void DepthHistory::forget_before(Timestamp now) {
  for (auto& [key, minutes_of_queue] : waiting_)
    minutes_of_queue.erase(minutes_of_queue.begin(), minutes_of_queue.lower_bound(first_minute(now)));
  std::erase_if(waiting_, [](const auto& queue) { return queue.second.empty(); });
}

}  // namespace queuetrace
