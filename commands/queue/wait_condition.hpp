// What `wait` waits for, and one look at whether it is so.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/fan_out.hpp"
#include "commands/context.hpp"
#include "model/job.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

/// One look.
struct WaitLook {
  bool met = false;            ///< certain, even where a source failed
  bool never = false;          ///< certain, too
  bool decided = false;        ///< whether it is met is known; otherwise some source failed or was cut short
  std::uint64_t matching = 0;  ///< jobs found, at most as many as were asked for
  std::uint64_t running = 0;   ///< of those
  bool more = false;           ///< there are more, or may be
  std::vector<Job> samples;    ///< some of them
  std::map<JobState, std::uint64_t> ended;  ///< of the jobs of an operation: those that are over, by state
  std::uint64_t gone = 0;                   ///< of those: there no longer
  std::vector<SourceOutcome> outcomes;
  std::vector<std::string> warnings;

  bool any_failed() const;
  bool is_complete() const;  ///< no source failed or was cut short
};

/// Until at least `wanted` jobs match, or with 0 until none does. One look reads no more jobs than it needs: `wanted`,
/// or 100 of those that should be gone.
struct JobsCondition {
  std::vector<JobFilter> filters;  ///< a job fits one of them at most
  std::uint64_t wanted = 0;

  WaitLook look(std::vector<OpenedSource>& sources, const ReadLimits& limits) const;
};

/// Until a job is in one of the states; without any, until it will not run again by itself. A job that ended in
/// another state is never met.
struct JobCondition {
  JobRef job;  ///< whole id, address of its store
  std::vector<StateSelector> states;

  /// Throws Error{not_found} when its store answers and no longer has it.
  WaitLook look(std::vector<OpenedSource>& sources, const ReadLimits& limits) const;
};

}  // namespace queuetrace
