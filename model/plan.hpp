// What an operator wants done to jobs, what a plan says of each of them, and how each fared. Plain values: a plan can
// be printed, saved, read back and applied later.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/job.hpp"

namespace queuetrace {

/// `erase` is what `job delete` and `purge` do.
enum class ActionKind { retry, cancel, erase, move };

/// `retry`, `cancel`, `delete`, `move`: the words of commands, plans and the audit.
std::string_view to_word(ActionKind kind);
std::optional<ActionKind> action_kind_from_word(std::string_view word);

struct Action {
  ActionKind kind = ActionKind::retry;
  std::optional<bool>
      reset_attempts;            ///< retry: whether the count of attempts starts again; absent: as the system does
  bool front = false;            ///< retry, move: taken next and not last, where the system can say so
  bool force = false;            ///< also what is left alone for safety and may be forced
  bool keep_dependents = false;  ///< cancel: jobs that wait for it are not failed with it
  std::string queue;             ///< move: where to
  std::string message;           ///< cancel: what the job's error will say; queuetrace's words or the operator's

  bool operator==(const Action&) const = default;
};

/// What a plan says of one job. `already`: nothing is to be done. `skip`: it will be left alone.
enum class Verdict { act, already, skip };

std::string_view to_word(Verdict verdict);

/// One job of a plan, in the state it was seen in.
struct Target {
  Job job;              ///< without payload and result; read back from a saved plan only what the plan holds
  std::string locator;  ///< how the store finds it again and knows that it is unchanged; only the store can read it
  Verdict verdict = Verdict::act;
  std::string reason;      ///< why it is left alone
  std::string effect;      ///< what happens beside it, `3 waiting dependents fail, too`; empty: nothing
  bool may_force = false;  ///< skipped, but Action::force would not
};

/// Targets in the store's storage order. A page may be empty and still have a `next`.
struct TargetPage {
  std::vector<Target> targets;
  std::optional<std::string> next;       ///< absent: nothing follows
  std::uint64_t scanned = 0;             ///< as Page::scanned
  std::optional<std::string> truncated;  ///< why not every matching job is in the plan
  std::vector<std::string> warnings;
};

/// A plan in numbers: how many jobs of a queue share a verdict and its reason.
struct PlanTally {
  struct Part {
    Verdict verdict = Verdict::act;
    std::string reason = {};
    bool may_force = false;
    std::uint64_t jobs = 0;
    std::optional<Untrusted> queue = {};  ///< absent where jobs are in none
  };
  std::vector<Part> parts;
  std::vector<std::string> warnings;
};

/// How one job fared. `done`: changed as asked. `already`: it was as asked before. `changed`: it is not as the plan saw
/// it (another state, another run, gone), so it was left alone. `skipped`: left alone for `reason`. `failed`: the store
/// refused; nothing of this job changed. `unknown`: the connection was lost after the write was sent; asking again
/// tells.
enum class Outcome { done, already, changed, skipped, failed, unknown };

std::string_view to_word(Outcome outcome);

struct TargetReport {
  Untrusted id;
  Outcome outcome = Outcome::done;
  std::string reason;     ///< empty when done
  Untrusted cause;        ///< what the server said; empty when nothing
  std::string undo = {};  ///< done: BackupRecord::content for JobAdministration::undo(); empty: it cannot be undone

  void set(Outcome how, std::string_view why = {}, Untrusted said = {}) {
    outcome = how;
    reason = why;
    cause = std::move(said);
  }
};

/// Everything that must be put back for one job, or what a change of it replaced, as its store wrote it.
struct BackupRecord {
  Untrusted id;
  std::string content;  ///< one JSON object; only the store that made it can read it
};

/// Whether a store can do something at all, and how that is described.
struct ActionOffer {
  bool possible = false;
  std::string effect;                 ///< possible: what happens to each job, one sentence
  std::string reason;                 ///< not possible: why
  std::string nearest;                ///< not possible: an alternative, as a command or a sentence; may be empty
  std::vector<std::string> warnings;  ///< what the operator must know in advance (`the same event is delivered again`)
  bool removes = false;               ///< the job is removed, so it is backed up first
};

}  // namespace queuetrace
