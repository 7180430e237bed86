// Which queues of an installation are paused (RedisSystem::pause), and pausing them.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/redis/keyspace.hpp"
#include "backends/job_administration.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

/// What was read of the pauses of some queues.
class QueuePauses {
 public:
  /// One round trip for some hundred queues. Asks nothing of a system without pauses.
  static QueuePauses read(RedisKeyspace& keys, const std::vector<std::string>& queues);

  /// Whether the system has pauses at all.
  bool known() const { return known_; }
  /// The queue's pause; nullptr: it is not paused.
  const QueuePause* find(std::string_view queue) const;

 private:
  bool known_ = false;
  std::map<std::string, QueuePause, std::less<>> paused_;
};

/// `queue is paused since ...`.
std::string pause_note(const QueuePause& pause);

/// Pauses a queue or resumes it: one script run. Throws Error as RedisConnection does.
TargetReport change_pause(RedisKeyspace& keys, const PauseChange& change);

}  // namespace queuetrace
