// How a failed run is told: on stderr, everything in it made safe.
#pragma once

#include <ostream>

#include "model/error.hpp"

namespace queuetrace {

/// Error, cause, notes and hint, one a line; or, with `json`, one object
/// `{"error":{"code","exit","message","cause","notes","hint"}}` without what is empty.
void report_error(std::ostream& messages, const Error& error, bool json, bool color);

}  // namespace queuetrace
