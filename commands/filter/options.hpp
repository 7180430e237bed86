// The filter flags, the same on every command that takes them (docs/design.md section 2.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/option.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

struct Context;

/// The flags as typed; nothing is checked yet.
struct FilterOptions {
  std::vector<std::string> trace_ids;  ///< any spelling; `-`: one per line from stdin; `env`: TRACEPARENT
  std::vector<std::string> correlation_ids;
  std::vector<std::string> span_ids;
  std::vector<std::string> queues;
  std::vector<std::string> states;  ///< each a comma list
  std::vector<std::string> kinds;
  std::vector<std::string> ids;  ///< `-`: one per line from stdin
  std::string since;
  std::string until;
  std::string time_field;  ///< empty: created, or ended (make_filter())
  std::optional<double> last_hours;
  std::optional<double> older_than_days;
  bool failed = false;
  bool completed = false;
  bool dead = false;
  std::vector<std::string> errors;
  std::vector<std::string> error_groups;
  std::vector<std::string> where;
  std::vector<std::string> priorities;
  std::vector<std::string> workers;
  std::vector<std::string> tenants;
  std::vector<std::string> workflows;
  bool exact = false;  ///< trace ids only as typed
};

/// What the filter is for. On reading, `--failed` asks what is broken (failed and dead); on changing it means exactly
/// its own state, so that nothing more is touched than was asked for.
enum class FilterUse { reading, changing };

/// Their table, with the short forms (-q and -n queue, -t state, -r priority).
OptionTable<FilterOptions> filter_options();

/// The filter the flags ask for. Reads stdin (Context::in) and the environment where the flags say so, and the clock
/// for relative times. Throws Error{usage} that names the flag, the value and what would be accepted. Words for states
/// that are none of ours are kept as a system's own: check_states() (commands/filter/check.hpp) judges them once the
/// stores are open. Times are about the end of jobs where only states of ended jobs or groups of errors are asked for,
/// unless --time-field says otherwise.
JobFilter make_filter(const FilterOptions& options, const Context& context, FilterUse use = FilterUse::reading);

/// Lets times that are asked for be about the end of jobs, unless --time-field says otherwise.
void refer_to_ends(JobFilter& filter, const FilterOptions& options);

}  // namespace queuetrace
