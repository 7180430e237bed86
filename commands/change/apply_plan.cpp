#include "commands/change/apply_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <span>
#include <unordered_set>
#include <utility>

#include "model/count_words.hpp"

namespace queuetrace {
namespace {

using Clock = std::chrono::steady_clock;

/// What is backed up together ends before its jobs take more: they are held in memory.
constexpr std::uint64_t most_bytes = 4u << 20;

/// Chunks that are backed up together: one at first, so that what is wrong shows early, then twice as many each time.
constexpr std::size_t most_chunks = 10;

/// Puts what undoing takes on the disk.
void keep(std::vector<TargetReport> reports, BackupWriter& kept, ChunkedWork& work) {
  std::vector<BackupRecord> records;
  for (TargetReport& report : reports)
    if (!report.undo.empty()) records.push_back({report.id, std::move(report.undo)});
  if (records.empty()) return;
  try {
    kept.add(records);
    kept.sync();
  } catch (const Error& error) {
    work.fail(error);
  }
}

}  // namespace

std::string to_word(ChunkedEnd::Reason reason) {
  switch (reason) {
    case ChunkedEnd::Reason::all: return "done";
    case ChunkedEnd::Reason::interrupted: return "interrupted";
    case ChunkedEnd::Reason::timed_out: return "timed out";
    case ChunkedEnd::Reason::lost: return "lost connection";
    case ChunkedEnd::Reason::failed: break;
  }
  return "failed";
}

std::string progress_line(const std::string& doing, std::uint64_t tried, std::uint64_t total) {
  if (total == 0) return doing + ": " + count_words(tried, "job") + " so far";
  constexpr std::uint64_t width = 20;
  tried = std::min(tried, total);
  const std::uint64_t filled = tried * width / total;
  // Rounded, but all of it only when all is done.
  const std::uint64_t percent = tried == total ? 100 : std::min<std::uint64_t>(99, (tried * 100 + total / 2) / total);
  return fmt::format("{} [{}{}] {} of {} ({}%), Ctrl-C stops after this chunk", doing, std::string(filled, '#'),
                     std::string(width - filled, '-'), grouped(tried), count_words(total, "job"), percent);
}

bool is_over(const ChunkedEnd& end) {
  return end.reason != ChunkedEnd::Reason::failed && end.reason != ChunkedEnd::Reason::lost;
}

ChunkedWork::ChunkedWork(const Context& context, const Pace& pace, std::string doing, std::uint64_t total)
    : context_(context), pace_(pace), doing_(std::move(doing)), total_(total) {
  limits_.statement_timeout = context.limits.statement_timeout;
}

void ChunkedWork::fail(const Error& error) {
  if (must_stop()) return;
  if (error.kind() == ErrorKind::timed_out) {
    end_ = {ChunkedEnd::Reason::timed_out, error};
    return;
  }
  end_ = {is_unanswered(error.kind()) ? ChunkedEnd::Reason::lost : ChunkedEnd::Reason::failed, error};
}

ReadLimits ChunkedWork::whole_limits() const {
  ReadLimits limits = limits_;
  limits.stop = context_.limits.stop;
  limits.deadline = context_.limits.deadline;
  return limits;
}

bool ChunkedWork::must_stop() {
  if (end_.reason != ChunkedEnd::Reason::all) return true;
  if (context_.limits.stop.stop_requested())
    end_.reason = ChunkedEnd::Reason::interrupted;
  else if (Clock::now() >= context_.limits.deadline)
    end_.reason = ChunkedEnd::Reason::timed_out;
  return end_.reason != ChunkedEnd::Reason::all;
}

bool ChunkedWork::run(std::size_t jobs, const std::function<void()>& work) {
  if (must_stop()) return false;
  const Clock::time_point begin = Clock::now();
  if (context_.limits.deadline != Clock::time_point::max()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(context_.limits.deadline - begin);
    limits_.statement_timeout = std::min(limits_.statement_timeout.value_or(left), left);
  }
  held_ = {};
  try {
    work();
  } catch (const Error& error) {
    // What ends by our own limits is not the store's doing.
    if (error.kind() == ErrorKind::timed_out && must_stop()) return false;
    end_ = {is_unanswered(error.kind()) ? ChunkedEnd::Reason::lost : ChunkedEnd::Reason::failed, error};
    return false;
  }
  tried_ += jobs;
  if (end_.reason != ChunkedEnd::Reason::all) return false;
  show();
  if (tried_ < total_) wait(pace_.done(jobs, held_, Clock::now() - begin));
  return true;
}

void ChunkedWork::wait(Pace::Duration time) const {
  const Clock::time_point until =
      std::min(context_.limits.deadline, Clock::now() + std::chrono::duration_cast<Clock::duration>(time));
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any never;
  never.wait_until(lock, context_.limits.stop, until, [] { return false; });
}

void ChunkedWork::show() const {
  if (context_.limits.stop.stop_requested()) return;  // it was said that this chunk is the last one
  context_.notices.progress(progress_line(doing_, tried_, total_));
}

namespace {

/// Gathers targets, backs them up together, and changes them chunk by chunk.
class PlanApplier {
 public:
  struct Files {
    BackupWriter* backup;
    BackupWriter* changes;
  };

  PlanApplier(JobAdministration& administration, const Action& action, const Files& files, OperationJournal& journal,
              ChunkedWork& work, const ReportSink& sink)
      : administration_(administration),
        action_(action),
        backup_(files.backup),
        changes_(files.changes),
        journal_(journal),
        work_(work),
        sink_(sink),
        wanted_(work.chunk()) {}

  /// False: it ended.
  bool add(Target target) {
    const std::uint64_t bytes = administration_.bytes_of(target);
    if (!targets_.empty() && bytes_ + bytes > most_bytes && !finish()) return false;
    targets_.push_back(std::move(target));
    bytes_ += bytes;
    return targets_.size() < wanted_ || finish();
  }

  /// Changes what was gathered. False: it ended.
  bool finish() {
    kept_.clear();
    bool backed_up = backup_ == nullptr;
    for (std::span<Target> left = targets_; !left.empty();) {
      const std::span<Target> chunk = left.first(std::min(left.size(), work_.chunk()));
      left = left.subspan(chunk.size());
      const bool goes_on = work_.run(chunk.size(), [&] {
        if (!backed_up) back_up();
        backed_up = true;
        change(chunk);
      });
      if (!goes_on) return false;
    }
    targets_.clear();
    bytes_ = 0;
    if (backup_ != nullptr) chunks_ = std::min(chunks_ * 2, most_chunks);
    wanted_ = work_.chunk() * chunks_;
    return true;
  }

 private:
  /// Puts what is there of the gathered jobs on the disk.
  void back_up() {
    for (std::span<Target> left = targets_; !left.empty();) {
      const std::span<Target> chunk = left.first(std::min(left.size(), work_.chunk()));
      left = left.subspan(chunk.size());
      const std::vector<BackupRecord> records = administration_.back_up(chunk, work_.limits());
      backup_->add(records);
      for (const BackupRecord& record : records) kept_.insert(record.id);
    }
    backup_->sync();
  }

  void change(std::span<Target> chunk) {
    // Those that went or changed before they were backed up are only looked for.
    const auto gone =
        backup_ == nullptr ? chunk.end() : std::stable_partition(chunk.begin(), chunk.end(), [&](auto& one) {
          return kept_.contains(one.job.ref.id);
        });
    const std::span<Target> present(chunk.begin(), gone), absent(gone, chunk.end());
    if (!present.empty()) {
      std::vector<TargetReport> reports =
          work_.hold([&] { return administration_.apply(action_, present, work_.limits()); });
      report(present, reports);
      if (changes_ != nullptr) keep(std::move(reports), *changes_, work_);
    }
    if (!absent.empty()) report(absent, administration_.report_left_out(action_, absent, work_.limits()));
    journal_.progress(work_.tried() + chunk.size());
  }

  void report(std::span<const Target> chunk, const std::vector<TargetReport>& reports) {
    for (std::size_t i = 0; i < chunk.size(); ++i) {
      sink_(chunk[i], reports.at(i));
      if (reports[i].outcome == Outcome::unknown) work_.lose();
    }
  }

  JobAdministration& administration_;
  const Action& action_;
  BackupWriter* backup_;
  BackupWriter* changes_;
  OperationJournal& journal_;
  ChunkedWork& work_;
  const ReportSink& sink_;
  std::vector<Target> targets_;
  std::uint64_t bytes_ = 0;
  std::size_t wanted_;  ///< targets that are gathered
  std::size_t chunks_ = 1;
  std::unordered_set<Untrusted> kept_;  ///< what the backup holds of them
};

}  // namespace

void apply_plan(JobAdministration& administration, const Action& action, const TargetSource& targets,
                BackupWriter* backup, BackupWriter* kept, OperationJournal& journal, ChunkedWork& work,
                const ReportSink& sink) {
  PlanApplier applier(administration, action, {backup, kept}, journal, work, sink);
  const auto next = [&]() -> std::optional<Target> {
    try {
      return targets();
    } catch (const Error& error) {
      if (error.kind() == ErrorKind::usage) throw;  // a plan file that is damaged
      work.fail(error);
      return std::nullopt;
    }
  };
  while (std::optional<Target> target = next()) {
    if (target->verdict != Verdict::act) {
      const Outcome outcome = target->verdict == Verdict::already ? Outcome::already : Outcome::skipped;
      sink(*target, {target->job.ref.id, outcome, target->reason, {}});
      continue;
    }
    if (!applier.add(std::move(*target))) return;
  }
  applier.finish();
}

}  // namespace queuetrace
