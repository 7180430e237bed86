// What `wait` waits for: the options that choose it, and the look that tells whether it is so.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "commands/context.hpp"
#include "commands/filter/options.hpp"
#include "commands/queue/wait_condition.hpp"

namespace queuetrace {

struct WaitOptions {
  FilterOptions filter;
  bool empty = false;                  ///< until nothing waits
  bool idle = false;                   ///< until nothing waits or runs
  bool due = false;                    ///< of what waits only what could run now
  std::string job;                     ///< until this job is in a state of the filter, or finished
  std::string operation;               ///< until the jobs that this past change touched have ended
  std::optional<std::uint64_t> count;  ///< until so many jobs match the filter; 0: until none does
  std::string interval = "2s";         ///< between two looks
};

/// What is waited for: a look at it, and how it reads.
struct WaitGoal {
  std::function<WaitLook(std::vector<OpenedSource>&, const ReadLimits&)> look;
  std::string words;
  std::string met;                  ///< once it is so, for people: `email is idle`
  std::string unmet;                ///< while it is not: `Not idle`
  std::vector<std::string> queues;  ///< that the user named
  std::string remaining;            ///< `jobs left`: what a look counts, for people
  bool one_job = false;
  bool runs_too = false;  ///< what runs is waited for as well
};

/// Throws Error{usage} unless the options choose exactly one thing.
void check_wait_options(const WaitOptions& options);
/// Throws Error{usage} for a filter that contradicts what is chosen.
void check_wait_filter(const WaitOptions& options, JobFilter filter);

/// For --empty, --idle and --count.
WaitGoal jobs_goal(const WaitOptions& options, JobFilter filter, const Context& context);

/// Finds the one job that is meant; its sources are opened on the way. Throws Error{not_found}, and what check_states()
/// throws.
WaitGoal job_goal(const WaitOptions& options, JobFilter filter, const Context& context,
                  std::vector<OpenedSource>& sources);

}  // namespace queuetrace
