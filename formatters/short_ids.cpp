#include "formatters/short_ids.hpp"

#include <algorithm>

#include "model/long_id.hpp"

namespace queuetrace {
namespace {

std::size_t common_start(std::string_view left, std::string_view right) {
  const auto [end, ignored] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  return static_cast<std::size_t>(end - left.begin());
}

}  // namespace

std::vector<std::string> short_ids(std::span<const std::string> ids) {
  std::vector<std::string_view> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::vector<std::string> shown;
  shown.reserve(ids.size());
  for (const std::string& id : ids) {
    const std::size_t start = start_of_long_id(id);
    if (start == std::string::npos) {
      shown.push_back(id);
      continue;
    }
    // Whoever shares the longest start with it stands beside it.
    const auto place = std::lower_bound(sorted.begin(), sorted.end(), std::string_view(id));
    std::size_t shared = 0;
    if (place != sorted.begin()) shared = common_start(id, *(place - 1));
    if (place + 1 != sorted.end()) shared = std::max(shared, common_start(id, *(place + 1)));
    std::size_t length = std::min(id.size(), std::max(start + shortest_part_of_long_id, shared + 1));
    if (id[length - 1] == '-') ++length;  // an end that would look cut
    shown.push_back(id.substr(0, length));
  }
  return shown;
}

}  // namespace queuetrace
