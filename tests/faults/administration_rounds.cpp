#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <set>
#include <span>

#include "backends/open.hpp"
#include "tests/faults/race_rounds.hpp"

namespace queuetrace::test {
namespace {

/// No statement is stopped because the machine is slow.
ReadLimits patient() {
  ReadLimits limits;
  limits.statement_timeout = std::chrono::hours(1);
  return limits;
}

Action to(ActionKind kind) {
  Action action;
  action.kind = kind;
  action.message = "cancelled by the test";
  return action;
}

/// Our side: plans, backs up and applies over the administration interface, and enters what is reported.
class Operator {
 public:
  Operator(const ReplayedQueue& queue, JobLedger& ledger)
      : queue_(queue), ledger_(ledger), stores_(open_stores(queue.source(), Access::write)), store_(*stores_.front()) {}

  /// One page of the jobs in these states, with one of these ids where some are given. Nothing where the system cannot
  /// do it.
  void act(const Action& action, const std::vector<JobState>& states, std::size_t page_size,
           const std::vector<std::string>& ids = {}) {
    JobQuery query;
    query.filter.ids = ids;
    for (JobState state : states) query.filter.states.push_back({.state = state, .word = {}});
    query.page_size = page_size;
    query.order = JobOrder::storage;
    query.limits = patient();
    JobAdministration& administration = store_.administration();
    if (!administration.offer(action).possible) return;
    const TargetPage page = administration.plan(action, query);
    for (std::size_t first = 0; first < page.targets.size(); first += administration.largest_chunk())
      apply(action, std::span(page.targets)
                        .subspan(first, std::min(administration.largest_chunk(), page.targets.size() - first)));
  }

 private:
  void apply(const Action& action, std::span<const Target> chunk) {
    JobAdministration& administration = store_.administration();
    std::vector<Target> kept(chunk.begin(), chunk.end());
    if (removes(action)) {  // what is in no backup is not touched, as by the commands
      std::set<std::string> records;
      for (const BackupRecord& record : administration.back_up(chunk, patient())) records.insert(record.id.raw());
      for (const std::string& id : records) ledger_.back_up(id);
      std::erase_if(kept, [&](const Target& target) { return !records.contains(target.job.ref.id.raw()); });
    }
    const std::vector<TargetReport> reports = administration.apply(action, kept, patient());
    if (reports.size() != kept.size()) ledger_.breach("not one report a target");
    for (std::size_t i = 0; i < reports.size(); ++i) enter(action, kept[i], reports[i]);
  }

  void enter(const Action& action, const Target& target, const TargetReport& report) {
    const std::string& id = target.job.ref.id.raw();
    if (report.id.raw() != id) ledger_.breach(fmt::format("the report of {} names {}", id, report.id.raw()));
    ledger_.enter({action.kind, removes(action), id, target.job.state, report.outcome,
                   fmt::format("{} {}", report.reason, report.cause.raw())});
  }

  bool removes(const Action& action) const {
    return action.kind == ActionKind::erase || (action.kind == ActionKind::cancel && queue_.cancelling_removes());
  }

  const ReplayedQueue& queue_;
  JobLedger& ledger_;
  std::vector<std::unique_ptr<JobStore>> stores_;
  JobStore& store_;
};

}  // namespace

std::vector<Round> rounds_of_administration(const ReplayedQueue& queue, JobLedger& ledger) {
  const auto round = [&](std::string name, std::function<void(Operator&)> repeated) {
    return Round{std::move(name), [&, repeated] {
                   return [repeated, one = std::make_shared<Operator>(queue, ledger)] { repeated(*one); };
                 }};
  };
  const auto retry = [](Operator& one) { one.act(to(ActionKind::retry), {JobState::dead, JobState::failed}, 500); };
  const std::vector<JobState> waiting{JobState::pending, JobState::retrying};
  // What waits is mostly taken before it can go. Where workers are as fast as on lists, more of us are after it.
  const auto erase_waiting = [waiting, &queue](Operator& one) {
    if (queue.cancelling_removes()) one.act(to(ActionKind::erase), waiting, 10);
  };
  Action move = to(ActionKind::move);
  move.queue = queue.other_queue();
  return {
      round("a retry", retry),
      round("another retry", retry),
      round("a purge", [](Operator& one) { one.act(to(ActionKind::erase), {JobState::completed}, 1000); }),
      round("a deletion of waiting jobs", erase_waiting),
      round("another deletion of waiting jobs", erase_waiting),
      round("changes of waiting jobs",
            [move, waiting](Operator& one) {
              one.act(to(ActionKind::cancel), waiting, 10);
              one.act(to(ActionKind::erase), waiting, 10);
              one.act(move, waiting, 10);
            }),
      round("changes of half ended jobs", [&queue](Operator& one) {
        const std::vector<std::string> ids = queue.half_ended();
        if (ids.empty()) return;
        one.act(to(ActionKind::retry), {JobState::dead, JobState::failed}, ids.size(), ids);
        one.act(to(ActionKind::erase), {JobState::completed, JobState::pending, JobState::retrying}, ids.size(), ids);
      })};
}

}  // namespace queuetrace::test
