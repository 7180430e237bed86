#include "commands/change/plan_maker.hpp"

#include <algorithm>

#include "backends/plan_page.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t page_size = 500;
/// Of a plan that is done as it is read: what a statement costs whatever it finds is paid less often.
constexpr std::size_t streamed_page_size = 2'000;
constexpr std::size_t most_warnings = 100;

void keep(std::vector<std::string>& kept, std::vector<std::string>& warnings) {
  for (std::string& warning : warnings)
    if (kept.size() < most_warnings && std::find(kept.begin(), kept.end(), warning) == kept.end())
      kept.push_back(std::move(warning));
}

JobQuery query_of(const PlanRequest& request, const Context& context) {
  JobQuery query;
  query.filter = request.filter;
  query.page_size = page_size;
  query.order = JobOrder::storage;
  query.brief = true;
  query.limits = context.limits;
  return query;
}

}  // namespace

bool make_plan(JobAdministration& administration, const PlanRequest& request, PlanWriter& writer,
               const Context& context) {
  JobQuery query = query_of(request, context);
  query.ends = true;
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

std::optional<PlanCounts> count_plan(JobAdministration& administration, const PlanRequest& request,
                                     const Context& context) {
  if (request.only) return std::nullopt;
  const std::optional<PlanTally> tally = administration.tally(request.action, request.filter, context.limits);
  if (!tally) return std::nullopt;
  PlanCounts counts;
  counts.add(*tally);
  if (counts.total() <= longest_list) return std::nullopt;
  TargetStream stream(administration, request, PlanCounts::most_samples, context);
  try {
    for (std::uint64_t seen = 0; seen < longest_list && counts.samples.size() < PlanCounts::most_samples; ++seen) {
      std::optional<Target> target = stream.next();
      if (!target) break;
      if (target->verdict == Verdict::act) counts.samples.push_back(std::move(*target));
    }
  } catch (const Error& error) {
    if (error.kind() != ErrorKind::timed_out) throw;  // the counts stand without samples
  }
  return counts;
}

TargetStream::TargetStream(JobAdministration& administration, const PlanRequest& request, std::uint64_t most,
                           const Context& context, Reading reading)
    : administration_(administration),
      request_(request),
      reading_(reading),
      query_(query_of(request, context)),
      left_(most) {
  if (most > streamed_page_size) query_.page_size = streamed_page_size;
}

void TargetStream::take_page() {
  const auto read = [this] { return plan_page(administration_, request_.action, query_, read_); };
  place_ = 0;
  page_ = next_page_.valid() ? next_page_.get() : read();
  if (page_.truncated) throw Error(ErrorKind::timed_out, "not every matching job was found: " + *page_.truncated);
  at_end_ = !page_.next;
  query_.after = page_.next;
  if (reading_ == Reading::ahead && !at_end_) next_page_ = std::async(std::launch::async, read);
}

std::optional<Target> TargetStream::next() {
  while (true) {
    for (; place_ < page_.targets.size(); ++place_) {
      Target& target = page_.targets[place_];
      if (request_.only && !request_.only->contains(target.job.ref.id.raw())) continue;
      if (target.verdict == Verdict::act && left_ == 0) {
        more_ = at_end_ = true;
        return std::nullopt;
      }
      if (target.verdict == Verdict::act) --left_;
      ++place_;
      return std::optional<Target>(std::move(target));
    }
    if (at_end_) return std::nullopt;
    take_page();
  }
}

}  // namespace queuetrace
