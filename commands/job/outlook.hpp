// What becomes of a job that waits: its place among those that workers take next, what it waits for, what holds it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "backends/fan_out.hpp"
#include "commands/context.hpp"
#include "formatters/record.hpp"
#include "model/job.hpp"
#include "model/peek.hpp"

namespace queuetrace {

struct JobOutlook {
  std::optional<std::int64_t> position;  ///< from 1, taken first; absent: not among the next 100 of its queue
  bool position_exact = true;            ///< false: workers may choose otherwise
  std::optional<std::string> held;       ///< why no worker takes it now: `queue is paused since ...`
  std::optional<QueuePause> pause;       ///< of its queue
  std::vector<Job> waits_for;            ///< the jobs it waits for, as far as they are found
};

/// Asks the job's own store: what `peek` asks of its queue, once a queue, and the jobs that a blocked one names by
/// their ids. Nothing is asked for jobs that run or ended. What cannot be answered in time or is refused is left out.
class JobOutlookReader {
 public:
  JobOutlookReader(std::vector<OpenedSource>& sources, const Context& context) : sources_(sources), context_(context) {}

  JobOutlook outlook_of(const Job& job);

 private:
  const PeekQueue* next_in(JobStore& store, const std::string& queue);

  std::vector<OpenedSource>& sources_;
  const Context& context_;
  std::map<std::pair<std::string, std::string>, std::optional<PeekQueue>> asked_;  ///< by store and queue
};

/// The fields `position`, `position_exact` and `held`, unknown ones absent; `waits_for` of the record gets queues and
/// states.
void add_outlook(Record& record, const Job& job, const JobOutlook& outlook);

/// The same for the screen of a person: below its headline, and in `parents` with queue and state.
void add_outlook_for_people(Record& record, const Job& job, const JobOutlook& outlook, Timestamp now);

}  // namespace queuetrace
