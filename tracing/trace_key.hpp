// What makes jobs jobs of one trace.
#pragma once

#include <string>

#include "model/job.hpp"

namespace queuetrace {

/// What two jobs must have in common to be of the same trace: the id behind any spelling as 32 hex digits, else the
/// stored text. Empty without an id, and for placeholders, which name no trace. Untrusted text.
std::string trace_key(const Job& job);

/// The same where the id means something beyond the process that wrote it; numbers do not
/// (docs/systems/rustok-outbox.md section 7).
std::string shared_trace_key(const Job& job);

}  // namespace queuetrace
