#include "model/plausible_time.hpp"

#include <algorithm>

namespace queuetrace {

std::optional<Timestamp> plausible_past(std::optional<Timestamp> time, Timestamp now) {
  if (!time || *time < earliest_plausible || *time > now + clock_tolerance) return std::nullopt;
  return time;
}

std::optional<Timestamp> plausible_due(std::optional<Timestamp> created, std::optional<Timestamp> scheduled,
                                       Timestamp now) {
  if (scheduled && *scheduled < earliest_plausible) scheduled.reset();
  created = plausible_past(created, now);
  if (!created || !scheduled) return created ? created : scheduled;
  return std::max(*created, *scheduled);
}

void drop_impossible_durations(Job& job) {
  bool any = false;
  for (std::optional<Milliseconds>* duration : {&job.wait, &job.run}) {
    if (!*duration || (**duration >= Milliseconds(0) && **duration <= longest_plausible)) continue;
    duration->reset();
    any = true;
  }
  if (any)
    job.notes.push_back({"times-out-of-order",
                         "its times contradict each other or cannot be true: how long it waited "
                         "or ran is not known"});
}

}  // namespace queuetrace
