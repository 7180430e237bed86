// The way every change of jobs goes: plan, confirm, back up, apply, report.
#pragma once

#include <span>
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
  bool new_queue = false;  ///< move: the target's name is taken as it is
};

/// How the jobs to change can be named.
enum class ChosenBy { ids_or_filter, filter };

/// What every command that changes jobs takes: ids, filters, --force, plan, confirmation and pace, and its `own`
/// options of the action. `command` is the whole name, `job retry`.
CommandForm change_form(std::string command, ActionKind kind, ChosenBy chosen_by,
                        std::span<const Option<Action>> own = {});

/// done; partial when jobs changed meanwhile or failed; refused; not_found for ids that mean no single job (then
/// nothing is changed); interrupted; unreachable when the connection was lost. Throws Error for what ends it before it
/// began.
ExitCode change_jobs(const ChangeRequest& request, Context& context);

}  // namespace queuetrace
