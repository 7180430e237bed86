// Where operations keep what undoing them takes, and the command that undoes them.
#pragma once

#include <filesystem>
#include <string>

#include "commands/change/operation.hpp"
#include "commands/context.hpp"

namespace queuetrace {

/// The file of the operation for what it replaces, in the state folder, of which what is no longer kept goes before
/// (pruned_changes.hpp), with a note. Throws Error{refused} where there is none.
std::filesystem::path changes_path(const Operation& operation, const Context& context);

/// `queuetrace undo 9db1c2f0`, with what chooses the source.
std::string undo_command(const Operation& operation, const Source& source, const Context& context);

/// Keeps the one record of a change that is no change of jobs. A failure is a warning: the change has happened.
void keep_change(const TargetReport& report, Operation& operation, const Context& context);

}  // namespace queuetrace
