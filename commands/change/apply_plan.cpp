#include "commands/change/apply_plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <set>
#include <utility>

#include "commands/report/count_words.hpp"

namespace queuetrace {
namespace {

using Clock = std::chrono::steady_clock;

/// A chunk ends before its jobs take more: they are held in memory, for the backup more than once.
constexpr std::uint64_t most_chunk_bytes = 8u << 20;

/// Puts what is there of the chunk on the disk. Returns the targets that went or changed, taken out of the chunk, with
/// what became of them.
std::vector<std::pair<Target, TargetReport>> back_up(JobAdministration& administration, const Action& action,
                                                     std::vector<Target>& chunk, BackupWriter& backup,
                                                     const ReadLimits& limits) {
  const std::vector<BackupRecord> records = administration.back_up(chunk, limits);
  backup.add(records);
  std::set<Untrusted> kept;
  for (const BackupRecord& record : records) kept.insert(record.id);
  const auto gone = std::stable_partition(chunk.begin(), chunk.end(),
                                          [&](const Target& target) { return kept.contains(target.job.ref.id); });
  std::vector<std::pair<Target, TargetReport>> left_out;
  if (gone == chunk.end()) return left_out;
  std::vector<TargetReport> reports = administration.report_left_out(action, {gone, chunk.end()}, limits);
  for (auto target = gone; target != chunk.end(); ++target)
    left_out.emplace_back(std::move(*target), std::move(reports.at(left_out.size())));
  chunk.erase(gone, chunk.end());
  return left_out;
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
  try {
    work();
  } catch (const Error& error) {
    end_ = {is_unanswered(error.kind()) ? ChunkedEnd::Reason::lost : ChunkedEnd::Reason::failed, error};
    return false;
  }
  tried_ += jobs;
  if (end_.reason != ChunkedEnd::Reason::all) return false;
  show();
  if (tried_ < total_) wait(pace_.done(jobs, Clock::now() - begin));
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

void apply_plan(JobAdministration& administration, const Action& action, const TargetSource& targets,
                BackupWriter* backup, OperationJournal& journal, ChunkedWork& work, const ReportSink& sink) {
  std::vector<Target> chunk;
  std::uint64_t chunk_bytes = 0;
  const auto apply = [&] {
    return work.run(chunk.size(), [&] {
      const std::size_t size = chunk.size();
      std::vector<std::pair<Target, TargetReport>> left_out;
      if (backup != nullptr) left_out = back_up(administration, action, chunk, *backup, work.limits());
      std::vector<TargetReport> reports;
      if (!chunk.empty()) reports = administration.apply(action, chunk, work.limits());
      for (std::size_t i = 0; i < chunk.size(); ++i) {
        sink(chunk[i], reports.at(i));
        if (reports[i].outcome == Outcome::unknown) work.lose();
      }
      for (const auto& [target, report] : left_out) sink(target, report);
      journal.progress(work.tried() + size);
    });
  };
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
    const std::uint64_t bytes = administration.bytes_of(*target);
    if (!chunk.empty() && chunk_bytes + bytes > most_chunk_bytes) {
      if (!apply()) return;
      chunk.clear();
      chunk_bytes = 0;
    }
    chunk.push_back(std::move(*target));
    chunk_bytes += bytes;
    if (chunk.size() < work.chunk()) continue;
    if (!apply()) return;
    chunk.clear();
    chunk_bytes = 0;
  }
  if (!chunk.empty()) apply();
}

}  // namespace queuetrace
