#include "backends/engines/redis/foreign.hpp"

#include <algorithm>

#include "backends/engines/redis/key_scan.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

std::vector<std::string_view> find_foreign(RedisConnection& connection, std::span<const ForeignRedisSystem> known) {
  constexpr std::size_t most_keys = 20'000;
  constexpr std::chrono::seconds longest_search{5};
  std::vector<std::string_view> names;
  if (known.empty()) return names;
  ReadLimits limits;
  limits.deadline = std::chrono::steady_clock::now() + longest_search;
  const FoundKeys found = scan_keys(connection, "*", most_keys, limits);
  for (const ForeignRedisSystem& system : known) {
    const auto is_its_own = [&](const std::string& key) {
      return std::ranges::any_of(system.keys,
                                 [&](std::string_view glob) { return !glob.empty() && matches_glob(glob, key); });
    };
    if (std::ranges::any_of(found.keys, is_its_own)) names.push_back(system.name);
  }
  return names;
}

}  // namespace queuetrace
