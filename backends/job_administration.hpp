// The one interface commands see of changing a queue: plan, back up, apply, restore, undo, pause. The SQL and Redis
// engines implement it; a store opened for writing hands it out (JobStore::administration).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "model/error.hpp"
#include "model/page.hpp"
#include "model/plan.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

/// A change of a queue's pause.
struct PauseChange {
  std::string queue;   ///< exact name
  bool paused = true;  ///< false: resume
  std::string reason;  ///< kept by systems that can; may be empty
  std::string by;      ///< who did it, one word: `queuetrace:user@host`
};

/// Writes of one store. Everything blocks until it is done or a limit is reached and throws Error; a call that throws
/// has changed nothing, except where it says otherwise. Use from one thread, and not while the store itself is asked.
class JobAdministration {
 public:
  virtual ~JobAdministration() = default;

  /// Whether this system can do it, and what it means. Asks the store nothing.
  virtual ActionOffer offer(const Action& action) const = 0;

  /// One page of the jobs that match, each with what would be done. Reads only. Throws Error{refused} when the action
  /// is not possible.
  virtual TargetPage plan(const Action& action, const JobQuery& query) = 0;

  /// The plan of all jobs that match in numbers, found in one look at the store; absent: the store can only list them
  /// (plan()), or has no time to look. Reads only. Throws as plan().
  virtual std::optional<PlanTally> tally(const Action&, const JobFilter&, const ReadLimits&) { return std::nullopt; }

  /// Whether plan() of another one, of a store of its own, can go on while this one changes what it told.
  virtual bool plans_beside_changes() const { return false; }

  /// What `restore` needs to put the targets back; targets that changed or went are left out. Reads only. Memory: the
  /// payloads of the targets.
  virtual std::vector<BackupRecord> back_up(std::span<const Target> targets, const ReadLimits& limits) = 0;

  /// What became of targets that back_up() left out, one report each, in the words of apply(): `already` where the
  /// action wants them gone and they are, else `changed`. Reads only.
  virtual std::vector<TargetReport> report_left_out(const Action& action, std::span<const Target> targets,
                                                    const ReadLimits& limits) = 0;

  /// Does it to each target that is still as the plan saw it: checks and changes in one step (a transaction, a script),
  /// with everything that belongs together. One report a target, in their order. Targets whose verdict is not `act` are
  /// reported and not touched. A target is done at most once however often this is repeated. Where the
  /// action removes jobs (ActionOffer::removes), leave out what back_up() left out: it may have come back in between.
  /// Give at most `largest_chunk()` targets. A lost connection makes the targets it leaves in doubt `unknown` and does
  /// not throw. What was done says what undoing it takes (TargetReport::undo) where the job is still there.
  virtual std::vector<TargetReport> apply(const Action& action, std::span<const Target> targets,
                                          const ReadLimits& limits) = 0;

  /// Puts back what is not there: one report a record. `already`: it is there again as it was; `skipped`: something
  /// else is there under its id. `dry_run` changes nothing and reports what would happen. Calls in a
  /// row with the same `dry_run` are parts of one restore: of equal elements as many are put back as are missing.
  /// Throws Error{usage} for records that are none of this store's, before anything is changed. Memory: what the
  /// records hold, which are let go as they are read.
  virtual std::vector<TargetReport> restore(std::vector<BackupRecord> records, bool dry_run,
                                            const ReadLimits& limits) = 0;

  /// Puts back what apply() or set_paused() replaced, in one step, where everything is as they left it: one report a
  /// record. `already`: it is as it was before; `changed`: somebody changed it since, so it was left alone. The records
  /// of one change from the last to the first. `dry_run` changes nothing and reports what would happen. Throws and
  /// costs as restore().
  virtual std::vector<TargetReport> undo(std::vector<BackupRecord>, bool, const ReadLimits&) {
    throw Error(ErrorKind::refused, "nothing can be undone here");
  }

  /// Targets or records that one apply() or restore() may take: what one transaction or one round trip bears.
  virtual std::size_t largest_chunk() const = 0;

  /// Bytes of the job that a chunk holds in memory, beside what every job takes, as far as the plan tells: chunks are
  /// bounded by them as well.
  virtual std::uint64_t bytes_of(const Target&) const { return 0; }

  /// Whether queues of this system can be paused, and what that does.
  virtual ActionOffer offer_pause() const = 0;
  /// Those of the queues (exact names) that are paused, with what is known of the pause and nothing else. One statement
  /// or round trip; a system without pauses is not asked.
  virtual std::vector<QueueStatistics> paused_among(const std::vector<std::string>&, const ReadLimits&) { return {}; }
  /// `done`, or `already` when it was so before. Throws Error{refused} when queues cannot be paused.
  virtual TargetReport set_paused(const PauseChange& change) = 0;
};

}  // namespace queuetrace
