// A JobFilter evaluated on decoded jobs, for stores without indexes.
#pragma once

#include <functional>
#include <string_view>

#include "backends/engines/redis/place.hpp"
#include "model/job.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

/// Whether a queue (empty: the job's is unknown) may also be called `name`.
using QueueAlias = std::function<bool(std::string_view name, std::string_view queue)>;

/// Whether the job is what the filter asks for. A fact the job lacks matches no condition on it. `where` looks into
/// Job::payload, which must be filled then. `ids_by_queue`: ids are job_reference()s, and an id without its queue means
/// that job of every queue.
bool matches(const JobFilter& filter, const Job& job, const QueueAlias& alias = {}, bool ids_by_queue = false);

/// Whether an entry that can only be in these states may match the filter's states. `native` is the system's word.
bool may_match_state(const JobFilter& filter, JobStates states, std::string_view native);

}  // namespace queuetrace
