// Records as JSON lines of our own files.
#pragma once

#include <string>

#include "model/value.hpp"

namespace queuetrace {

/// The record as one line with its line feed; nothing is redacted, unknown fields are left out. Bytes that are no UTF-8
/// stand as {"base64":"..."}.
std::string json_line(const Fields& record);

}  // namespace queuetrace
