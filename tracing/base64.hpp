// Base64 (RFC 4648), as protobuf JSON writes trace ids and OSC 52 writes clipboards.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace queuetrace {

/// Standard alphabet, padded.
std::string base64_encode(std::string_view bytes);
void base64_append(std::string& out, std::string_view bytes);
/// Characters that so many bytes become.
std::size_t base64_length(std::size_t bytes);

/// Reads standard and URL alphabet; padding may be left out. Absent when a character is of neither alphabet, the length
/// is impossible, the padding is wrong, or unused bits are not zero.
std::optional<std::string> base64_decode(std::string_view text);

}  // namespace queuetrace
