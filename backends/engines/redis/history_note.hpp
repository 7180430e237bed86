// Jobs that are only the record of something that happened.
#pragma once

#include <string_view>

namespace queuetrace {

/// The note on an element that tells of a job's past: the job itself is another element now, so the two are no copies
/// of each other.
inline constexpr std::string_view history_note = "retried";

}  // namespace queuetrace
