// Records as JSON lines of our own files.
#pragma once

#include <string>

#include "model/value.hpp"

namespace queuetrace {

/// The record as one line with its line feed; nothing is redacted, unknown fields are left out. Bytes that are no UTF-8
/// stand as {"base64":"..."}.
std::string json_line(const Fields& record);

/// An empty text is left out.
inline Value data_or_nothing(const std::string& text) { return text.empty() ? Value{} : Value{Untrusted(text)}; }

}  // namespace queuetrace
