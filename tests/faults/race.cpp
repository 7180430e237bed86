#include "tests/faults/race.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <set>
#include <thread>

#include "backends/open.hpp"
#include "tests/faults/job_ledger.hpp"

namespace queuetrace::test {
namespace {

using namespace std::chrono_literals;

constexpr int worker_count = 2;
constexpr std::size_t deepest = 200;  // so short that we and the workers are after the same jobs
constexpr std::chrono::seconds longest{170};

/// Six of ten jobs succeed at once, two die first, one is given back first, one is given back and then dies.
Ending ending_of(const std::string& id, int execution) {
  switch (std::hash<std::string>()(id) % 10) {
    case 0:
    case 1: return execution == 1 ? Ending::dead : Ending::completed;
    case 2: return execution == 1 ? Ending::given_back : Ending::completed;
    case 3: return execution == 1 ? Ending::given_back : execution == 2 ? Ending::dead : Ending::completed;
    default: return Ending::completed;
  }
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
      for (const BackupRecord& record : administration.back_up(chunk, {})) records.insert(record.id.raw());
      for (const std::string& id : records) ledger_.back_up(id);
      std::erase_if(kept, [&](const Target& target) { return !records.contains(target.job.ref.id.raw()); });
    }
    const std::vector<TargetReport> reports = administration.apply(action, kept, {});
    if (reports.size() != kept.size()) ledger_.breach("not one report a target");
    for (std::size_t i = 0; i < reports.size(); ++i) enter(action, kept[i], reports[i]);
  }

  void enter(const Action& action, const Target& target, const TargetReport& report) {
    const std::string& id = target.job.ref.id.raw();
    if (report.id.raw() != id) ledger_.breach(fmt::format("the report of {} names {}", id, report.id.raw()));
    if (report.outcome == Outcome::failed || report.outcome == Outcome::unknown)
      ledger_.breach(fmt::format("{} of job {} {}: {} {}", to_word(action.kind), id, to_word(report.outcome),
                                 report.reason, report.cause.raw()));
    if (report.outcome != Outcome::done) return;
    const bool waits = target.job.state == JobState::pending || target.job.state == JobState::retrying ||
                       target.job.state == JobState::scheduled;
    switch (action.kind) {
      case ActionKind::retry: ledger_.change(id, &JobAccount::retries); break;
      case ActionKind::cancel:
        if (!removes(action)) {
          ledger_.change(id, &JobAccount::cancellations);
          break;
        }
        [[fallthrough]];
      case ActionKind::erase:
        ledger_.change(id, &JobAccount::erasures);
        if (waits) ledger_.change(id, &JobAccount::erased_waiting);
        break;
      case ActionKind::move: break;
    }
    if (target.job.state == JobState::running) ledger_.breach(fmt::format("job {} was running", id));
  }

  bool removes(const Action& action) const {
    return action.kind == ActionKind::erase || (action.kind == ActionKind::cancel && queue_.cancelling_removes());
  }

  const ReplayedQueue& queue_;
  JobLedger& ledger_;
  std::vector<std::unique_ptr<JobStore>> stores_;
  JobStore& store_;
};

/// Threads whose failure is a breach and not the end of the test program.
class Crew {
 public:
  explicit Crew(JobLedger& ledger) : ledger_(ledger) {}

  void start(std::string name, std::function<void()> work) {
    threads_.emplace_back([this, name = std::move(name), work = std::move(work)] {
      try {
        work();
      } catch (const std::exception& failure) {
        ledger_.breach(name + " stopped: " + failure.what());
        failed_ = true;
      }
    });
  }
  void join() { threads_.clear(); }
  bool failed() const { return failed_; }

 private:
  JobLedger& ledger_;
  std::atomic<bool> failed_{false};
  std::vector<std::jthread> threads_;
};

void work(ReplayedQueue& queue, int number, JobLedger& ledger, const std::atomic<bool>& no_more) {
  const std::unique_ptr<ReplayedWorker> worker = queue.worker(number);
  for (;;) {
    const bool last_round = no_more;
    const std::optional<TakenJob> job = worker->take();
    if (!job && last_round) return;
    if (!job) {
      std::this_thread::sleep_for(200us);
      continue;
    }
    ledger.change(job->id, &JobAccount::executions);
    const Ending ending = ending_of(job->id, ledger.executions(job->id));
    if (ending == Ending::given_back) ledger.change(job->id, &JobAccount::given_back);
    if (!worker->finish(*job, ending)) ledger.breach("job " + job->id + " was touched while it ran");
  }
}

/// Repeats rounds until the race is over. Between two of them the workers get ahead, so that a round finds something.
void repeat(const std::atomic<bool>& over, const std::function<void()>& round) {
  while (!over) {
    round();
    std::this_thread::sleep_for(20ms);
  }
}

}  // namespace

std::vector<std::string> run_race(ReplayedQueue& queue, int jobs) {
  JobLedger ledger;
  std::atomic<bool> over{false}, no_more{false};
  const auto began = std::chrono::steady_clock::now();
  queue.enqueue(0, std::min(jobs, 100));

  Crew workers(ledger), operators(ledger);
  for (int number = 0; number < worker_count; ++number)
    workers.start("a worker", [&, number] { work(queue, number, ledger, no_more); });
  const auto operate = [&](std::string name, std::function<void(Operator&)> round) {
    operators.start(std::move(name), [&, round] {
      Operator one(queue, ledger);
      repeat(over, [&] { round(one); });
    });
  };
  const std::vector<JobState> waiting{JobState::pending, JobState::retrying};
  for (int twice = 0; twice < 2; ++twice)  // two of us, after the same jobs
    operate("a retry", [](Operator& one) { one.act(to(ActionKind::retry), {JobState::dead, JobState::failed}, 500); });
  operate("a purge", [](Operator& one) { one.act(to(ActionKind::erase), {JobState::completed}, 1000); });
  operate("changes of waiting jobs", [&](Operator& one) {
    one.act(to(ActionKind::cancel), waiting, 10);
    one.act(to(ActionKind::erase), waiting, 10);
    Action move = to(ActionKind::move);
    move.queue = queue.other_queue();
    one.act(move, waiting, 10);
  });
  operators.start("changes of half ended jobs", [&] {
    Operator one(queue, ledger);
    while (!over) {
      std::this_thread::sleep_for(5ms);
      const std::vector<std::string> ids = queue.half_ended();
      if (ids.empty()) continue;
      one.act(to(ActionKind::retry), {JobState::dead, JobState::failed}, ids.size(), ids);
      one.act(to(ActionKind::erase), {JobState::completed, JobState::pending, JobState::retrying}, ids.size(), ids);
    }
  });

  int added = std::min(jobs, 100);
  bool late = false;
  while (!late && !workers.failed() && !operators.failed()) {
    const std::size_t depth = queue.depth();
    if (added < jobs && depth < deepest) {
      const int count = std::min(jobs - added, static_cast<int>(deepest));
      queue.enqueue(added, count);
      added += count;
    } else if (added == jobs && depth == 0) {
      break;
    } else {
      std::this_thread::sleep_for(5ms);
    }
    late = std::chrono::steady_clock::now() - began > longest;
  }
  over = true;
  operators.join();
  no_more = true;
  workers.join();

  std::vector<std::string> ids;
  for (int number = 0; number < added; ++number) ids.push_back(queue.id_of(number));
  const auto places = queue.places();
  std::vector<std::string> problems = ledger.settle(ids, places);
  std::vector<std::string> erased;
  for (const std::string& id : ids)
    if (!places.contains(id)) erased.push_back(id);
  for (std::string& problem : queue.inconsistencies(erased)) problems.push_back(std::move(problem));
  if (late) problems.push_back(fmt::format("only {} of {} jobs were done in time", added, jobs));
  const JobAccount total = ledger.total();
  fmt::print(
      "{} jobs in {:.1f} s: executed {}, given back {}, retried {}, cancelled {}, erased {}, of these waiting {}\n",
      added, std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count(), total.executions,
      total.given_back, total.retries, total.cancellations, total.erasures, total.erased_waiting);
  // A race in which nothing was raced proves nothing.
  if (total.retries * 20 < added || total.erased_waiting * 500 < added || total.erasures * 10 < added)
    problems.push_back("too little was retried or erased to prove anything");
  return problems;
}

}  // namespace queuetrace::test
