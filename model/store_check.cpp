#include "model/store_check.hpp"

#include <algorithm>

#include "model/letter_case.hpp"

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
    const char small = lower(c);
    const bool word = (small >= 'a' && small <= 'z') || (small >= '0' && small <= '9');
    if (word)
      code += small;
    else if (!code.empty() && code.back() != '-')
      code += '-';
  }
  if (!code.empty() && code.back() == '-') code.pop_back();
  return code;
}

}  // namespace queuetrace
