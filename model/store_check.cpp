#include "model/store_check.hpp"

#include <algorithm>

namespace queuetrace {

std::vector<std::pair<Untrusted, std::uint64_t>> largest_queues(const std::map<Untrusted, std::uint64_t>& jobs) {
  std::vector<std::pair<Untrusted, std::uint64_t>> queues(jobs.begin(), jobs.end());
  std::ranges::stable_sort(queues, std::ranges::greater(), &std::pair<Untrusted, std::uint64_t>::second);
  if (queues.size() > largest_queues_kept)
    queues.erase(queues.begin() + static_cast<std::ptrdiff_t>(largest_queues_kept), queues.end());
  return queues;
}

std::string finding_code(std::string_view subject) {
  std::string code;
  for (const char c : subject) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool word = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (word)
      code += lower;
    else if (!code.empty() && code.back() != '-')
      code += '-';
  }
  if (!code.empty() && code.back() == '-') code.pop_back();
  return code;
}

}  // namespace queuetrace
