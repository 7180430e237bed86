#include "commands/report/merged_outcomes.hpp"

#include <algorithm>
#include <utility>

namespace queuetrace {

void merge_outcomes(std::vector<SourceOutcome>& so_far, std::vector<SourceOutcome>&& page) {
  if (so_far.empty()) {
    so_far = std::move(page);
    return;
  }
  for (std::size_t index = 0; index < so_far.size(); ++index) {
    SourceOutcome& one = so_far[index];
    if (!one.error) one.error = std::move(page[index].error);
    if (!one.truncated) one.truncated = std::move(page[index].truncated);
    if (!one.unseen) one.unseen = std::move(page[index].unseen);
    if (!one.unsearched) one.unsearched = std::move(page[index].unsearched);
    one.scanned = std::max(one.scanned, page[index].scanned);
    one.elapsed += page[index].elapsed;
  }
}

}  // namespace queuetrace
