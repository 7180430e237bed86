// `health`: whether queues are inside the limits that a script or an alert sets.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

struct HealthOptions {
  std::string max_age;
  std::optional<std::uint64_t> max_depth;
  std::optional<std::uint64_t> max_dead;
  std::optional<std::uint64_t> max_failures;
  std::optional<double> max_failure_rate;
  std::optional<std::uint64_t> max_stale;
  std::optional<double> min_coverage;
  std::vector<std::string> queues;
  std::string window = "1h";  ///< for failures
  std::string interval;       ///< as of `stats`
  bool total = false;         ///< all queues of all sources as if they were one
  bool all = false;           ///< print what is well, too
};

void add_health(CLI::App& command, Invocation& chosen);

/// One record a limit that tripped or could not be decided, the tripped ones first. condition_not_met when some limit
/// tripped; otherwise partial when a source failed or was cut short (all alike: that failure) or a limit is undecided;
/// done when every value was found to be inside its limit. Throws Error{usage} without any limit, Error{not_found} for
/// a queue that no store knows.
ExitCode health(const HealthOptions& options, Context& context);

}  // namespace queuetrace
