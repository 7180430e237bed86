// What a person should know of a queue before it is paused, resumed, or jobs are sent to it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/job_store.hpp"
#include "commands/context.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

struct QueueFacts {
  QueueStatistics queue;
  std::optional<Timestamp> now;  ///< the store's clock
};

/// Counts and the pause of one queue; absent where the store knows neither or does not answer in time. Costs what
/// `queue list --queue NAME` costs.
std::optional<QueueFacts> queue_facts(JobStore& store, const std::string& queue, const ReadLimits& limits);

/// `paused 3h49m by maria: partner API is down`, escaped for a terminal; what is not known is left out.
std::string pause_words(const QueuePause& pause, const std::optional<Timestamp>& now);

/// `43 jobs wait: 29 pending, 3 scheduled, 11 retrying`, and `9 run`; empty where none does.
std::string waiting_words(const QueueStatistics& queue);
std::string running_words(const QueueStatistics& queue);

/// Refuses a name that no queue of the store has, with what was meant and what takes it all the same (`hint`): a queue
/// that nothing is in has a name nobody can check. Throws Error{not_found}.
void require_known_queue(JobStore& store, const std::string& queue, const std::string& hint, const ReadLimits& limits);

}  // namespace queuetrace
