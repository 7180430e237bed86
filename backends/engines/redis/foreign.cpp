#include "backends/engines/redis/foreign.hpp"

#include <algorithm>

#include "model/job_filter.hpp"

namespace queuetrace {

std::vector<std::string_view> find_foreign(std::span<const std::string> keys,
                                           std::span<const ForeignRedisSystem> known) {
  std::vector<std::string_view> names;
  for (const ForeignRedisSystem& system : known) {
    const auto is_its_own = [&](const std::string& key) {
      return std::ranges::any_of(system.keys,
                                 [&](std::string_view glob) { return !glob.empty() && matches_glob(glob, key); });
    };
    if (std::ranges::any_of(keys, is_its_own)) names.push_back(system.name);
  }
  return names;
}

}  // namespace queuetrace
