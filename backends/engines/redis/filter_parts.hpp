// Parts of a filter that can be asked before a job is whole: of the text of an entry, of a record, of an id.
#pragma once

#include <algorithm>
#include <utility>

#include "backends/engines/redis/system.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

/// The filter without what `forget` takes out of it and its alternatives. An alternative that asks nothing any more
/// fits every job.
template <typename Forget>
JobFilter weakened(JobFilter filter, const Forget& forget) {
  forget(filter);
  for (JobFilter& one : filter.any_of) one = weakened(std::move(one), forget);
  if (std::ranges::any_of(filter.any_of, &JobFilter::empty)) filter.any_of.clear();
  return filter;
}

/// What of the filter the text of an entry tells.
JobFilter told_by_text(const JobFilter& filter, const RedisSystem& system);

/// What of the filter a record tells by itself, or together with its key where alternatives ask for ids as well.
JobFilter told_by_record(JobFilter filter, const RedisSystem& system);

/// What of the filter the carriers of a record (RedisReading::carriers) tell together with its id in a container; asks
/// nothing where they do not tell enough to look through them first.
JobFilter told_by_carriers(const JobFilter& filter, const RedisSystem& system);

/// What of the filter the id of a container of ids tells.
JobFilter ids_alone(const JobFilter& filter, const RedisSystem& system);

/// Whether it asks for trace or span ids, which may stand anywhere in a record.
bool asks_for_traces(const JobFilter& filter);

/// Whether it asks for kinds.
bool asks_for_kinds(const JobFilter& filter);

/// The filter without what may hang on details: states, errors, workers and times of runs.
JobFilter answered_by_records(JobFilter filter);

}  // namespace queuetrace
