// What a plan does in each queue: how many jobs, since when they have ended, and what most of them say.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "model/job.hpp"

namespace queuetrace {

/// What a plan does in one queue.
struct QueueShare {
  std::uint64_t jobs = 0;
  std::optional<Timestamp> first_end, last_end;  ///< of those that say when they ended
  std::map<Untrusted, std::uint64_t> errors;     ///< jobs by error_signature(), as far as they were kept

  /// The signature that most jobs have, and how many do; absent where none has an error.
  std::optional<std::pair<Untrusted, std::uint64_t>> usual_error() const;
};

/// The queues of a plan, in bounded memory.
class PlanQueues {
 public:
  /// Different queues kept; jobs of others are only in the sums.
  static constexpr std::size_t most_queues = 1'000;
  /// Different errors kept, of all queues together.
  static constexpr std::size_t most_errors = 2'000;
  /// Jobs whose errors are looked at; of plans of more none is told.
  static constexpr std::uint64_t most_looked_at = 10'000;

  /// A job that is acted upon.
  void add(const Job& job);
  /// Jobs that were counted and not looked at one by one; nothing where they are in no queue.
  void add(const std::optional<Untrusted>& queue, std::uint64_t jobs);

  const std::map<Untrusted, QueueShare>& shares() const { return shares_; }
  std::uint64_t jobs_in(const Untrusted& queue) const;
  /// Those with most jobs first.
  std::vector<std::pair<Untrusted, QueueShare>> largest_first() const;

 private:
  QueueShare* share_of(const std::optional<Untrusted>& queue);

  std::map<Untrusted, QueueShare> shares_;
  std::size_t errors_ = 0;
  std::uint64_t looked_at_ = 0;
};

}  // namespace queuetrace
