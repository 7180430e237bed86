// Lines for a terminal that hold SGR sequences: their width, and cutting them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace queuetrace {

/// A part of a line in one style.
struct StyledPart {
  std::string_view text;   ///< printable
  std::string_view style;  ///< SGR parameters, `1;31`; empty: plain
};

/// The parts of a line of printable text and SGR sequences; other control bytes are left out.
std::vector<StyledPart> parts_of(std::string_view line);

/// Cells that the line takes.
std::size_t styled_width(std::string_view line);

/// At most so many cells of it, with `ellipsis` for what is left out; no style goes on behind it.
std::string cut_styled(std::string_view line, std::size_t cells, std::string_view ellipsis);

/// Exactly so many cells: cut, or with blanks behind it.
std::string fitted_styled(std::string_view line, std::size_t cells, std::string_view ellipsis);

/// Both at the ends of a line of so many cells; where there is too little room the left one is cut.
std::string at_both_ends(std::string_view left, std::string_view right, std::size_t cells, std::string_view ellipsis);

/// The text in a style (SGR parameters).
std::string in_style(std::string_view text, std::string_view style);

/// The lines of a text.
std::vector<std::string> lines_of(std::string_view text);

}  // namespace queuetrace
