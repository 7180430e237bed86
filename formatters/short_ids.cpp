#include "formatters/short_ids.hpp"

#include <algorithm>
#include <cctype>

namespace queuetrace {
namespace {

constexpr std::size_t shortest = 8;
constexpr std::size_t least_digits = 16;
constexpr std::string_view uuid_form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

std::size_t common_start(std::string_view left, std::string_view right) {
  const auto [end, ignored] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  return static_cast<std::size_t>(end - left.begin());
}

}  // namespace

bool is_long_id(std::string_view id) {
  if (id.size() == uuid_form.size())
    return std::equal(id.begin(), id.end(), uuid_form.begin(),
                      [](char c, char form) { return form == '-' ? c == '-' : is_hex(c); });
  return id.size() >= least_digits && std::all_of(id.begin(), id.end(), is_hex);
}

std::vector<std::string> short_ids(std::span<const std::string> ids) {
  std::vector<std::string_view> sorted(ids.begin(), ids.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  std::vector<std::string> shown;
  shown.reserve(ids.size());
  for (const std::string& id : ids) {
    if (!is_long_id(id)) {
      shown.push_back(id);
      continue;
    }
    // Whoever shares the longest start with it stands beside it.
    const auto place = std::lower_bound(sorted.begin(), sorted.end(), std::string_view(id));
    std::size_t shared = 0;
    if (place != sorted.begin()) shared = common_start(id, *(place - 1));
    if (place + 1 != sorted.end()) shared = std::max(shared, common_start(id, *(place + 1)));
    std::size_t length = std::min(id.size(), std::max(shortest, shared + 1));
    if (id[length - 1] == '-') ++length;  // an end that would look cut
    shown.push_back(id.substr(0, length));
  }
  return shown;
}

}  // namespace queuetrace
