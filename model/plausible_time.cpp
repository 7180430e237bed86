#include "model/plausible_time.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

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

void note_impossible_times(Job& job) {
  // Due since 1970 is what some say for "at once".
  const std::array times{std::pair(&job.created_at, "creation"), std::pair(&job.started_at, "start"),
                         std::pair(&job.finished_at, "end")};
  std::vector<std::string> names, values;
  for (const auto& [time, name] : times) {
    if (!*time || **time >= earliest_plausible || **time == infinite_past) continue;
    names.emplace_back(name);
    if (std::string value = to_rfc3339(**time); std::ranges::find(values, value) == values.end())
      values.push_back(std::move(value));
  }
  // A capture keeps what was said of the job it holds.
  const bool said = std::ranges::any_of(job.notes, [](const Note& note) { return note.code == "impossible-time"; });
  if (names.empty() || said) return;
  job.notes.push_back(
      {"impossible-time",
       fmt::format("its {} time{}, {}, cannot be true: what follows from {} is not known", fmt::join(names, " and "),
                   names.size() == 1 ? "" : "s", fmt::join(values, " and "), names.size() == 1 ? "it" : "them")});
}

void doubt_times(Job& job) {
  drop_impossible_durations(job);
  note_impossible_times(job);
}

}  // namespace queuetrace
