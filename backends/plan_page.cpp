#include "backends/plan_page.hpp"

#include <algorithm>

#include "backends/error_groups.hpp"
#include "model/count_words.hpp"

namespace queuetrace {

TargetPage plan_page(JobAdministration& administration, const Action& action, const JobQuery& query,
                     std::uint64_t& read) {
  TargetPage page = administration.plan(action, query);
  read += page.targets.size();
  if (query.filter.error_groups.empty()) return page;
  std::erase_if(page.targets,
                [&](const Target& target) { return !is_in_error_groups(target.job, query.filter.error_groups); });
  page.scanned = std::max(page.scanned, read);
  if (page.next && !page.truncated && query.limits.scan && read >= *query.limits.scan)
    page.truncated = "read " + count_words(read, "job") +
                     " for those of the error group; narrow the filter (--state, --queue, --since), or --full";
  return page;
}

}  // namespace queuetrace
