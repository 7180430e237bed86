#include "backends/error_groups.hpp"

#include <algorithm>

#include "model/count_words.hpp"
#include "model/error_signature.hpp"

namespace queuetrace {
namespace {

/// The same however many jobs are asked for, so that a cursor finds the same page again.
constexpr std::size_t jobs_read_at_once = 500;

}  // namespace

bool is_in_error_groups(const Job& job, const std::vector<std::string>& groups) {
  if (!job.error || job.error->empty()) return false;
  return std::ranges::find(groups, error_group(error_signature(job.error->raw()))) != groups.end();
}

Page list_page(JobStore& store, const JobQuery& query) {
  if (query.filter.error_groups.empty()) return store.list(query);
  JobQuery request = query;
  request.page_size = jobs_read_at_once;
  request.on_next = nullptr;
  request.follow = std::max<std::uint64_t>(query.follow, query.limits.scan.value_or(1'000'000));  // of few a page
  std::uint64_t read = 0;
  std::vector<std::string> warnings;
  while (true) {
    Page page = store.list(request);
    read += page.jobs.size();
    page.scanned = std::max(page.scanned, read);
    warnings.insert(warnings.end(), page.warnings.begin(), page.warnings.end());
    std::erase_if(page.jobs, [&](const Job& job) { return !is_in_error_groups(job, query.filter.error_groups); });
    const bool enough = !page.jobs.empty() || !page.next || page.truncated;
    const bool too_many = !enough && query.limits.scan && read >= *query.limits.scan;
    const bool over =
        !enough && (query.limits.stop.stop_requested() || std::chrono::steady_clock::now() >= query.limits.deadline);
    if (too_many)
      page.truncated = "read " + count_words(read, "job") +
                       " without one of the error group; narrow the filter (--state, --queue, --since), or --full";
    if (over) page.truncated = "stopped before everything was read";
    if (enough || too_many || over) {
      page.warnings = std::move(warnings);
      return page;
    }
    request.after = page.next;
  }
}

}  // namespace queuetrace
