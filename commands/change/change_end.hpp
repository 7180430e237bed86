// How a change ends: its files, its report, its exit code and what the user reads last.
#pragma once

#include <cstdint>
#include <string>

#include "commands/change/apply_plan.hpp"
#include "commands/change/backup_file.hpp"
#include "commands/change/operation.hpp"
#include "commands/change/write_report.hpp"
#include "commands/context.hpp"

namespace queuetrace {

/// Jobs that the plan left alone (`expected`, as many) are no surprise; those that were to be changed and were not,
/// are.
ExitCode exit_code_of(const ChunkedEnd& end, const OutcomeCounts& counts, std::uint64_t expected);

/// An empty file goes, and its `name` with it; one that is whole says so at its end.
void finish_kept(BackupWriter& backup, bool ended, std::string& name, const Context& context);

/// `fare`: the command that waits for the jobs, for people; empty: none.
void finish_report(WriteReport& report, const Operation& operation, const std::string& fare);

/// What the user must know at the end: why it stopped, how to go on (`complete`, a command), how to go back (`undo`).
void say_end(const ChunkedEnd& end, const Operation& operation, const std::string& complete, const std::string& undo,
             const Context& context);

}  // namespace queuetrace
