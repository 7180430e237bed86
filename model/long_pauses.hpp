// Queues that stay paused while jobs wait in them: what `doctor` says where a system has no rule of its own for it.
#pragma once

#include <optional>
#include <string>

#include "model/store_check.hpp"
#include "model/time.hpp"

namespace queuetrace {

inline constexpr std::string_view paused_queue_code = "paused-queue";

/// Those of the queues that are paused for over `longest` while jobs are due in them. Where nobody recorded since when,
/// for as long as the first of these jobs has been due; where that is unknown too, any time. Absent: there is none.
std::optional<Finding> long_pauses(const Statistics& told, Milliseconds longest, bool can_resume);

}  // namespace queuetrace
