// What a stored trace id is good for, in one vocabulary.
#pragma once

#include <optional>
#include <string_view>

namespace queuetrace {

/// `w3c`: a non-zero 128-bit id a viewer can open. `opaque`: searchable text only. `placeholder`: a constant the system
/// writes instead of an id; never linked. `absent`: nothing (or an empty text) stored.
enum class TraceStatus { absent, placeholder, opaque, w3c };

/// `absent`, `placeholder`, `opaque`, `w3c`.
std::string_view to_word(TraceStatus status);

/// The reverse; absent for any other word.
std::optional<TraceStatus> parse_trace_status(std::string_view word);

}  // namespace queuetrace
