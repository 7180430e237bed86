// `demo`: writes a small incident as a capture, so that queuetrace can be tried without any server.
#pragma once

#include <string>

#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {

struct DemoOptions {
  std::string file = "queuetrace-demo.db";
  bool force = false;  ///< replace the file
};

void add_demo(CLI::App& command, Invocation& chosen);

/// Writes the file, prints one record about it and, on stderr, what to try next. Throws Error{refused} when the file
/// exists and is not to be replaced.
ExitCode demo(const DemoOptions& options, Context& context);

}  // namespace queuetrace
