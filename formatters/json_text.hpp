// JSON strings that are safe in any terminal, log or page they end up in (docs/threats.md section 4). The parsed
// value is the same bytes. Bytes that are not UTF-8 cannot be a JSON string: they become the object
// {"base64":"..."} in place of the string, everywhere.
#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>

namespace queuetrace {

/// Appends a string literal with its quotes, or {"base64":"..."} when `bytes` is not UTF-8.
void append_json_string(std::string& out, std::string_view bytes);

/// The same as append_json_string() for large texts: `between` is called after each part and may write out and clear
/// what `out` holds.
void append_json_string_in_parts(std::string& out, std::string_view bytes, const std::function<void()>& between);

/// Appends a string literal in which bytes that are no UTF-8 stand as `\xHH` text: for keys, which cannot be objects.
void append_json_key(std::string& out, std::string_view bytes);

/// Appends the characters of a string literal without quotes and returns where it stopped: at the first byte that is no
/// UTF-8, else at the size. `surrogates`: surrogates in three bytes are taken and become `\uXXXX`.
std::size_t append_json_characters(std::string& out, std::string_view text, bool surrogates);

void append_base64(std::string& out, std::string_view bytes);

}  // namespace queuetrace
