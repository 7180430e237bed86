// Workers at full speed against our own administration: each job must end exactly once in a legal place, and what we
// report must be what happened. Workers replay the commands of the system's own workers (systems/NAME.md).
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "model/source.hpp"
#include "tests/faults/job_ledger.hpp"

namespace queuetrace::test {

struct TakenJob {
  std::string id;
  std::string token;  ///< what the worker needs to end it: its bytes, the number of its run
};

/// How a run ends: with success, for good, or back in the queue by the system's own retry.
enum class Ending { completed, dead, given_back };

/// One worker with a connection of its own.
class ReplayedWorker {
 public:
  virtual ~ReplayedWorker() = default;
  /// Takes the next job; absent: nothing waits.
  virtual std::optional<TakenJob> take() = 0;
  /// False when what it held was not its own any more: somebody touched a running job.
  virtual bool finish(const TakenJob& job, Ending ending) = 0;
};

/// An empty queue of one system on a server of the test.
class RacedQueue {
 public:
  virtual ~RacedQueue() = default;
  virtual Source source() const = 0;
  virtual std::unique_ptr<ReplayedWorker> worker(int number) = 0;
  /// Another queue that jobs may be moved to and workers take from; empty: none.
  virtual std::string other_queue() const { return {}; }
  virtual std::string id_of(int number) const = 0;
  /// Adds the jobs `first` to `first + count - 1`. From one thread.
  virtual void enqueue(int first, int count) = 0;
  /// Jobs that wait for a worker. From the thread of enqueue().
  virtual std::size_t depth() = 0;
  /// Every place of every job, when all is still.
  virtual std::unordered_map<std::string, std::vector<FinalPlace>> places() = 0;
  /// What else does not agree, when all is still: counters, indexes, leftovers of erased jobs.
  virtual std::vector<std::string> inconsistencies(const std::vector<std::string>& erased) {
    (void)erased;
    return {};
  }
};

std::unique_ptr<RacedQueue> hammerwork_race();
std::unique_ptr<RacedQueue> procrastinate_race();
std::unique_ptr<RacedQueue> go_redis_race();
std::unique_ptr<RacedQueue> emp_race();

/// Runs the race over so many jobs and returns what does not add up; says on stdout what happened.
std::vector<std::string> run_race(RacedQueue& queue, int jobs);

}  // namespace queuetrace::test
