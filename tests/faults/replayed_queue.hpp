// Queues of each system on servers of the test, with workers that replay the commands of the system's own workers, in
// their order (docs/systems): what administration is raced against, killed in and compared with.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/source.hpp"

namespace queuetrace::test {

/// Where a job is: `waiting` for a worker, running, or at rest because it ran or was cancelled.
struct JobPlace {
  std::string name;  ///< of the list or the state
  bool is_waiting = false;
};

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
class ReplayedQueue {
 public:
  virtual ~ReplayedQueue() = default;
  virtual Source source() const = 0;
  virtual std::unique_ptr<ReplayedWorker> worker(int number) = 0;
  /// Another queue that jobs may be moved to and workers take from; empty: none.
  virtual std::string other_queue() const { return {}; }
  /// Whether a cancelled job is gone, because the system keeps none.
  virtual bool cancelling_removes() const { return false; }
  virtual std::string id_of(int number) const = 0;
  /// Adds the jobs `first` to `first + count - 1`. From one thread.
  virtual void enqueue(int first, int count) = 0;
  /// Jobs whose run a worker is ending at this moment, where that is several steps and it was slow; from any thread.
  virtual std::vector<std::string> half_ended() const { return {}; }
  /// Jobs that wait for a worker. From the thread of enqueue().
  virtual std::size_t depth() = 0;
  /// Every place of every job, when all is still.
  virtual std::unordered_map<std::string, std::vector<JobPlace>> places() = 0;
  /// What else does not agree, when all is still: counters, indexes, leftovers of erased jobs.
  virtual std::vector<std::string> inconsistencies(const std::vector<std::string>& erased) = 0;
  /// Everything stored of jobs, byte for byte and in its order, a line an item.
  virtual std::vector<std::string> snapshot() = 0;
  /// Takes all jobs away, and what is kept beside them.
  virtual void clear() = 0;

  virtual std::filesystem::path server_socket() const = 0;
  /// How it is reached through a proxy on this port of the loopback address.
  virtual Source source_at(std::uint16_t port) const = 0;
  /// Tells which requests of one connection decide about a chunk of jobs: a commit of a write, a script.
  virtual std::function<bool(std::string_view request)> deciding() const = 0;
  /// Kills the server (SIGKILL) and waits until it is back with what it had said it holds. For durable queues.
  virtual void kill_server() = 0;
  /// Kills every process of the server (SIGKILL), at any moment and from any thread; nobody answers then.
  virtual void end_server() = 0;
  /// Starts it again on the same data and returns when it answers. From the thread of enqueue(). For durable queues.
  virtual void start_server() = 0;
};

/// `durable`: what the server says is done outlives its end.
std::unique_ptr<ReplayedQueue> replayed_hammerwork(bool durable = false);
std::unique_ptr<ReplayedQueue> replayed_procrastinate(bool durable = false);
std::unique_ptr<ReplayedQueue> replayed_river(bool durable = false);
std::unique_ptr<ReplayedQueue> replayed_go_redis(bool durable = false);
std::unique_ptr<ReplayedQueue> replayed_emp(bool durable = false);

}  // namespace queuetrace::test
