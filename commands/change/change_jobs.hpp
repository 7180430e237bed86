// The way every change of jobs goes: plan, confirm, back up, apply, report.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "commands/change/write_options.hpp"
#include "commands/command.hpp"
#include "commands/filter/options.hpp"
#include "model/plan.hpp"

namespace queuetrace {

/// A change as typed.
struct ChangeRequest {
  std::string command;  ///< `job retry`
  std::string verb;     ///< `retry`
  Action action;
  std::vector<std::string> ids;  ///< as typed; `-`: from stdin
  FilterOptions filter;
  WriteOptions write;
};

/// Declares what every command that changes jobs takes: ids (unless `ids_help` is null), filters, --force, plan,
/// confirmation and pace; chosen, it changes jobs. `name` is the whole name, `job retry`. Returns the action, for the
/// options that are the command's own; it lives as long as `chosen`.
std::shared_ptr<Action> add_change(CLI::App& command, Invocation& chosen, std::string name, ActionKind kind,
                                   const char* ids_help);

/// done; partial when jobs changed meanwhile or failed; refused; not_found for ids that mean no single job (then
/// nothing is changed); interrupted; unreachable when the connection was lost. Throws Error for what ends it before it
/// began.
ExitCode change_jobs(const ChangeRequest& request, Context& context);

}  // namespace queuetrace
