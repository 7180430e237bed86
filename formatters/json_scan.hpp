// Where the tokens of a JSON text end (RFC 8259), without reading them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace queuetrace {

struct JsonString {
  bool valid = false;
  std::string_view content;   ///< between the quotes, escapes as they are
  std::size_t end = 0;        ///< behind the closing quote
  bool escapes = false;       ///< `content` holds a backslash
  bool beyond_ascii = false;  ///< `content` holds DEL or bytes above it; they need not be UTF-8
};

/// The string whose opening quote is at `at`.
JsonString scan_json_string(std::string_view text, std::size_t at);

/// Behind the number, `true`, `false` or `null` at `at`; `at` itself when there is none.
std::size_t json_scalar_end(std::string_view text, std::size_t at);

/// Appends the characters that the content of a valid string stands for; a surrogate without its partner as its three
/// bytes.
void append_decoded_json(std::string& out, std::string_view content);

}  // namespace queuetrace
