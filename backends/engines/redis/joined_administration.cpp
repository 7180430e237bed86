#include "backends/engines/redis/joined_administration.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "backends/engines/redis/backup_content.hpp"
#include "backends/engines/redis/job_matcher.hpp"
#include "backends/engines/redis/joined_filter.hpp"
#include "backends/engines/redis/joined_pages.hpp"
#include "backends/engines/redis/locator.hpp"

namespace queuetrace {
namespace {

/// Neighbours of one kind together, in their order: what `run(part, of_outcomes)` answers for each of them.
template <typename Item, typename IsOutcome, typename Run>
auto in_runs(std::span<Item> items, IsOutcome is_outcome, Run run) {
  decltype(run(items, false)) answers;
  for (std::size_t first = 0; first < items.size();) {
    const bool outcome = is_outcome(items[first]);
    std::size_t end = first + 1;
    while (end < items.size() && is_outcome(items[end]) == outcome) ++end;
    for (auto& answer : run(items.subspan(first, end - first), outcome)) answers.push_back(std::move(answer));
    first = end;
  }
  return answers;
}

}  // namespace

bool JoinedAdministration::is_outcome(const Target& target) const {
  return !target.locator.empty() && joined_.outcomes().has_key(read_redis_locator(target.locator).key);
}

bool JoinedAdministration::is_outcome(const BackupRecord& record) const {
  const BackedUpJob job = read_content(record);
  return !job.element && !job.keys.empty() && joined_.outcomes().has_key(job.keys.front().key);
}

ActionOffer JoinedAdministration::offer(const Action& action) const {
  ActionOffer offer = jobs_.offer(action);
  const ActionOffer more = rules_.offer(action);
  if (offer.possible && more.possible) offer.effect += "; of a job that neither waits nor runs, " + more.effect;
  return offer;
}

TargetPage JoinedAdministration::plan_jobs(const Action& action, JobQuery query) {
  JoinedFilter filter(std::move(query.filter));
  query.filter = std::move(filter.of_jobs);
  TargetPage page = jobs_.plan(action, query);
  std::vector<Job*> jobs;
  for (Target& target : page.targets) jobs.push_back(&target.job);
  joined_.join(jobs, false);
  if (!filter.of_outcomes.empty())
    std::erase_if(page.targets, [&](const Target& target) { return !matches(filter.of_outcomes, target.job); });
  return page;
}

TargetPage JoinedAdministration::plan_outcomes(const Action& action, const JobQuery& query, bool begins) {
  std::vector<std::string> warnings;
  if (begins || !joined_.has_looked()) joined_.look(query.limits, {}, warnings);
  const ActionOffer offered = rules_.offer(action);
  TargetPage out;
  if (offered.possible) {
    out = outcomes_.administration().plan(action, query);
  } else {
    JobQuery asked = query;
    asked.order = JobOrder::storage;
    asked.locators = true;
    Page page = outcomes_.list(asked);
    out = {{}, page.next, page.scanned, page.truncated, std::move(page.warnings)};
    for (Job& job : page.jobs) {
      Target& target = out.targets.emplace_back();
      target.verdict = Verdict::skip;
      target.reason = offered.reason;
      target.locator = std::exchange(job.locator, {});
      job.payload.reset();
      job.result.reset();
      target.job = std::move(job);
    }
  }
  std::erase_if(out.targets, [&](const Target& target) { return joined_.is_told(target.job); });
  out.warnings.insert(out.warnings.end(), warnings.begin(), warnings.end());
  return out;
}

TargetPage JoinedAdministration::plan(const Action& action, const JobQuery& query) {
  const JoinedCursor at = read_joined_cursor(query.after);
  JobQuery asked = query;
  asked.after = at.after;
  TargetPage page = at.outcomes ? plan_outcomes(action, asked, !at.after) : plan_jobs(action, asked);
  page.next = next_joined(at, page.next, page.truncated.has_value());
  return page;
}

std::vector<BackupRecord> JoinedAdministration::back_up(std::span<const Target> targets, const ReadLimits& limits) {
  return in_runs(
      targets, [&](const Target& target) { return is_outcome(target); },
      [&](std::span<const Target> run, bool outcomes) {
        return (outcomes ? outcomes_.administration() : jobs_).back_up(run, limits);
      });
}

std::vector<TargetReport> JoinedAdministration::report_left_out(const Action& action, std::span<const Target> targets,
                                                                const ReadLimits& limits) {
  return in_runs(
      targets, [&](const Target& target) { return is_outcome(target); },
      [&](std::span<const Target> run, bool outcomes) {
        return (outcomes ? outcomes_.administration() : jobs_).report_left_out(action, run, limits);
      });
}

std::vector<TargetReport> JoinedAdministration::apply(const Action& action, std::span<const Target> targets,
                                                      const ReadLimits& limits) {
  return in_runs(
      targets, [&](const Target& target) { return target.verdict == Verdict::act && is_outcome(target); },
      [&](std::span<const Target> run, bool outcomes) {
        return (outcomes ? outcomes_.administration() : jobs_).apply(action, run, limits);
      });
}

std::vector<TargetReport> JoinedAdministration::restore(std::vector<BackupRecord> records, bool dry_run,
                                                        const ReadLimits& limits) {
  return in_runs(
      std::span(records), [&](const BackupRecord& record) { return is_outcome(record); },
      [&](std::span<BackupRecord> run, bool outcomes) {
        std::vector<BackupRecord> moved(std::make_move_iterator(run.begin()), std::make_move_iterator(run.end()));
        return (outcomes ? outcomes_.administration() : jobs_).restore(std::move(moved), dry_run, limits);
      });
}

std::uint64_t JoinedAdministration::bytes_of(const Target& target) const {
  return read_redis_locator(target.locator).size;
}

}  // namespace queuetrace
