// Does what a plan says: chunk by chunk, backed up first, paced, and stopped cleanly.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/job_administration.hpp"
#include "commands/change/backup_file.hpp"
#include "commands/change/operation_journal.hpp"
#include "commands/change/rate.hpp"
#include "commands/context.hpp"
#include "model/error.hpp"

namespace queuetrace {

/// How the work on chunks ended.
struct ChunkedEnd {
  enum class Reason { all, interrupted, timed_out, lost, failed };
  Reason reason = Reason::all;
  std::optional<Error> error;  ///< lost (when the store said it), failed
};

/// `done`, `interrupted`, `timed out`, `lost connection`, `failed`.
std::string to_word(ChunkedEnd::Reason reason);

/// What a person sees of the work: a bar of 20 cells, how many jobs of how many, and percent, rounded. `total` 0: it is
/// not known, and how many there are so far is all that can be told.
std::string progress_line(const std::string& doing, std::uint64_t tried, std::uint64_t total);

/// Whether the rest is not wanted: all is done, or its user stopped it, by hand or by --timeout. What a failure or a
/// lost connection cut short is not over, though it was told: its journal stays for `doctor`.
bool is_over(const ChunkedEnd& end);

/// What is common to everything done in chunks. Between two of them it looks at the stop request and the deadline of
/// the limits; what is done to a chunk of a plan knows neither, so that none is left in the middle.
class ChunkedWork {
 public:
  ChunkedWork(const Context& context, const Pace& pace, std::string doing, std::uint64_t total);

  std::size_t chunk() const { return pace_.chunk(); }
  /// Limits for one chunk: a statement may take what is left of the time; no stop and no deadline.
  const ReadLimits& limits() const { return limits_; }
  /// The same with stop and deadline, for what may end between two jobs because all of it is repeated to go on.
  ReadLimits whole_limits() const;
  /// Runs `work` on the next `jobs` jobs unless it is time to stop, then waits as the pace demands. False: it ended.
  bool run(std::size_t jobs, const std::function<void()>& work);
  /// Runs the part of the work that changes jobs: the pace is judged by how long these parts take.
  template <typename Part>
  auto hold(const Part& part) {
    const std::chrono::steady_clock::time_point begin = std::chrono::steady_clock::now();
    auto result = part();
    held_ += std::chrono::steady_clock::now() - begin;
    return result;
  }
  /// The store left jobs in doubt: no more of them.
  void lose() { end_.reason = ChunkedEnd::Reason::lost; }
  /// Whether it ended, or the stop request or the deadline ends it now.
  bool must_stop();
  /// The store did not say what to do next. A deadline or a stop that made it silent is the reason then.
  void fail(const Error& error);

  const ChunkedEnd& end() const { return end_; }
  std::uint64_t tried() const { return tried_; }

 private:
  void wait(Pace::Duration time) const;
  void show() const;

  const Context& context_;
  ReadLimits limits_;
  Pace pace_;
  std::string doing_;
  std::uint64_t total_;
  std::uint64_t tried_ = 0;
  Pace::Duration held_{};  ///< of the chunk that is worked on
  ChunkedEnd end_;
};

/// Where the reports go: each job of the plan once, including those that are not acted upon.
using ReportSink = std::function<void(const Target&, const TargetReport&)>;

/// Where the targets come from; absent at the end.
using TargetSource = std::function<std::optional<Target>()>;

/// With `backup`, jobs it does not hold are not touched. Up to 10 chunks are backed up together, since what the disk
/// takes for that is the same for all of them: after a stop, the backup may also hold jobs that were not changed.
/// `kept` gets what each change replaced, where that is known; when it cannot be written no more is changed. Never
/// throws what a store says, of the targets or while they are changed: that is in ChunkedWork::end().
void apply_plan(JobAdministration& administration, const Action& action, const TargetSource& targets,
                BackupWriter* backup, BackupWriter* kept, OperationJournal& journal, ChunkedWork& work,
                const ReportSink& sink);

}  // namespace queuetrace
