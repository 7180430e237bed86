// SQLite's binary JSON (JSONB, written by SQLite 3.45 and later) as JSON text, for releases that cannot read it. The
// format is the published one: each element is a header (low half byte the type, high half byte the size or how many
// bytes of size follow) and its content; arrays and objects hold elements.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace queuetrace {

/// JSON text of a JSONB value; JSON5 spellings in it become plain JSON, and bytes that are no UTF-8 stay as they are.
/// Absent where the bytes are not wholly one well-formed value, where it is nested deeper than 200, or where the text
/// would exceed `limit` bytes. Linear in the size.
std::optional<std::string> json_of_jsonb(std::string_view bytes, std::size_t limit = 16 << 20);

}  // namespace queuetrace
