// Text made to fit a number of cells.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace queuetrace {

/// The text with blanks behind it, or in front where `right`, up to this many cells; longer texts as they are.
std::string padded(std::string text, std::size_t cells, bool right = false);

/// At most so many cells of printable text, with the ellipsis for what is left out.
std::string cut_at_end(std::string_view text, std::size_t cells, std::string_view ellipsis);

}  // namespace queuetrace
