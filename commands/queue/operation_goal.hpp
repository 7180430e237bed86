// `wait --operation`: until the jobs that a past change touched have ended.
#pragma once

#include <string>
#include <vector>

#include "commands/context.hpp"
#include "commands/queue/wait_goal.hpp"

namespace queuetrace {

/// Jobs of one operation that are waited for at most: every poll reads those that have not ended.
inline constexpr std::size_t most_jobs_of_operation = 100'000;

/// For --operation: `typed` names it as `undo` and `history` do. Its jobs are those that its file of what it replaced
/// names; its source is opened on the way. A job that is there no longer has ended, too (WaitLook::gone). Throws
/// Error{not_found} for an operation that nobody knows, Error{refused} where it kept no jobs, removed them, or touched
/// more than are waited for.
WaitGoal operation_goal(const std::string& typed, const Context& context, std::vector<OpenedSource>& sources);

}  // namespace queuetrace
