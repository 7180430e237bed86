// `doctor`: what is wrong with queues and with tracing, and what to do about it. Reads only.
#pragma once

#include <string>

#include "commands/command.hpp"

namespace queuetrace {

struct DoctorOptions {
  std::string fail_on;  ///< note, warning or problem; empty: findings do not change the exit code
};

void add_doctor(CLI::App& command, Invocation& chosen);

/// condition_not_met when a finding is as bad as `fail_on`; else partial when a source failed or something could not be
/// looked at; else done.
ExitCode doctor(const DoctorOptions& options, Context& context);

}  // namespace queuetrace
