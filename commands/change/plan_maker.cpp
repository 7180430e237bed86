#include "commands/change/plan_maker.hpp"

#include <algorithm>

#include "backends/plan_page.hpp"
#include "commands/report/count_words.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t page_size = 500;
constexpr std::size_t most_warnings = 100;

void keep(std::vector<std::string>& kept, std::vector<std::string>& warnings) {
  for (std::string& warning : warnings)
    if (kept.size() < most_warnings && std::find(kept.begin(), kept.end(), warning) == kept.end())
      kept.push_back(std::move(warning));
}

}  // namespace

bool make_plan(JobAdministration& administration, const PlanRequest& request, PlanWriter& writer,
               const Context& context) {
  JobQuery query;
  query.filter = request.filter;
  query.page_size = page_size;
  query.order = JobOrder::storage;
  query.limits = context.limits;
  std::uint64_t read = 0;
  while (true) {
    TargetPage page = plan_page(administration, request.action, query, read);
    if (context.limits.stop.stop_requested()) return false;
    for (const Target& target : page.targets)
      if (!request.only || request.only->contains(target.job.ref.id.raw())) writer.add(target);
    keep(writer.counts().warnings, page.warnings);
    writer.counts().truncated = page.truncated;
    if (!page.next || page.truncated) break;
    context.notices.progress("planning: " + count_words(writer.counts().total(), "job") + " so far");
    query.after = page.next;
  }
  writer.finish();
  return true;
}

}  // namespace queuetrace
