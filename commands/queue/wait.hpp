// `wait`: until queues are empty or idle, until so many jobs match, or until a job is in a state.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/filter/options.hpp"

namespace queuetrace {

struct WaitOptions {
  FilterOptions filter;
  bool empty = false;                  ///< until nothing waits
  bool idle = false;                   ///< until nothing waits or runs
  std::string job;                     ///< until this job is in a state of the filter, or finished
  std::optional<std::uint64_t> count;  ///< until so many jobs match the filter; 0: until none does
  std::string poll = "2s";             ///< time between two looks
};

void add_wait(CLI::App& command, Invocation& chosen);

/// Looks again and again until the condition is met (done), cannot be met any more or the time limit of the context is
/// reached (condition_not_met), or until told to stop (interrupted). The first look must succeed; later on a source
/// that fails is opened and asked again, ten times in a row at most. An answer that is cut short and does not decide
/// ends the wait (partial). Prints one record. Throws Error{usage} unless exactly one condition is given,
/// Error{not_found} for a job that is not there.
ExitCode wait(const WaitOptions& options, Context& context);

}  // namespace queuetrace
