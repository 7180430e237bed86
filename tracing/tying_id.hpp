// Which stored ids can tie jobs together: those that somebody made for one trace or span, and no constants.
#pragma once

#include <optional>
#include <string_view>

#include "model/job.hpp"

namespace queuetrace {

/// Whether the text stands in many jobs that have nothing in common: one without a digit (`temp-span-id`, `none`,
/// `unknown`), which no generator of ids makes, or of one character again and again (zeros).
bool is_constant_id(std::string_view text);

/// Whether the span id ties the job to others: not where it, or the trace id beside it, is a constant.
bool ties(const Job& job, const std::optional<Untrusted>& span);

/// Whether the job's trace id does.
bool ties_by_trace(const Job& job);

}  // namespace queuetrace
