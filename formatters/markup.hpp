// Text inside HTML and SVG (docs/threats.md section 4): inert in elements and in quoted attributes.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

/// The text with `& < > " '` and backtick as character references. `text` is printable already (terminal_text): no
/// control characters, valid UTF-8.
std::string markup_text(std::string_view text);

}  // namespace queuetrace
