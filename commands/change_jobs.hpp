// The way every change of jobs goes: plan, confirm, back up, apply, report.
#pragma once

#include <string>
#include <vector>

#include "commands/command.hpp"
#include "commands/filter_options.hpp"
#include "commands/write_options.hpp"
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
  bool tunes_action = false;  ///< options say more than the command's name: not together with --plan
};

/// Declares ids (unless `ids_name` is null), filters, plan, confirmation and pace. `request` must outlive the parsing.
void add_change_options(CLI::App& command, ChangeRequest& request, const char* ids_help);

/// done; partial when jobs changed meanwhile or failed; refused; not_found for ids that mean no single job (then
/// nothing is changed); interrupted; unreachable when the connection was lost. Throws Error for what ends it before it
/// began.
ExitCode change_jobs(const ChangeRequest& request, Context& context);

}  // namespace queuetrace
