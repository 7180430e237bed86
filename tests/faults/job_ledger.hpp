// What workers did with each job and what our reports said of it. In the end the two must add up with where the job is.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/job_state.hpp"
#include "model/plan.hpp"
#include "tests/faults/replayed_queue.hpp"

namespace queuetrace::test {

/// What we say became of one job.
struct Report {
  ActionKind action = ActionKind::retry;
  bool removes = false;  ///< the job is gone where it was done
  std::string id;
  JobState was = JobState::unknown;  ///< as planned
  Outcome outcome = Outcome::done;
  std::string why;
};

/// A job's account. Each job begins waiting. A worker that gives it back and a retry make it wait once more; an
/// execution, a cancellation and an erasure of a waiting job end one wait. So, whatever raced with what:
///   executions + cancellations + (1 if it waits in the end or was erased while it waited) = 1 + given_back + retries.
struct JobAccount {
  int executions = 0;  ///< taken by a worker
  int given_back = 0;  ///< the system's own retry
  int retries = 0;     ///< reported done by us, as the next three
  int cancellations = 0;
  int erasures = 0;
  int erased_waiting = 0;
  bool is_backed_up = false;
};

/// Safe from all threads.
class JobLedger {
 public:
  void change(const std::string& id, int JobAccount::*counter);
  void back_up(const std::string& id);
  void enter(const Report& report);
  /// A breach seen on the way: a worker lost what it held, a report that cannot be.
  void breach(std::string text);
  int executions(const std::string& id) const;
  JobAccount total() const;

  /// What does not add up, a line each; at most 20 and then their number. `places` are all places of each of `ids`.
  std::vector<std::string> settle(const std::vector<std::string>& ids,
                                  const std::unordered_map<std::string, std::vector<JobPlace>>& places) const;

 private:
  mutable std::mutex mutex_;
  std::unordered_map<std::string, JobAccount> accounts_;
  std::vector<std::string> breaches_;
};

}  // namespace queuetrace::test
