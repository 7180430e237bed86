// Sentences on a terminal: lines that end at blanks, and never inside of what is there to be pasted.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace queuetrace {

struct Wrapping {
  std::size_t width = 0;       ///< cells of a line; 0: unlimited, lines end at line feeds only
  std::size_t indent = 0;      ///< cells before the text in its first line, and blanks before it in every further one
  std::size_t inset = 0;       ///< further blanks before all lines of a paragraph but its first
  bool commands = true;        ///< false: the text is somebody else's, and nothing in it is there to be run
  bool message = false;        ///< nor to be pasted: lines end at any blank, words longer than a line are parted
  std::size_t most_lines = 0;  ///< of a paragraph; 0: any number
  std::string_view ellipsis = "...";  ///< ends the last of so many lines where there is more
};

/// Printable text (escaped, without colours), whose line feeds end paragraphs, in lines that fit; a paragraph that
/// begins with blanks goes on under its first word. Words that are longer than a line stay whole; so do words in quotes
/// of any kind, and commands (`queuetrace ...`, `redis-cli ...`), which get a line of their own in a paragraph of
/// several lines: the terminal folds what is longer than that. Only in a `message` words are parted. Where a narrow
/// terminal leaves no room behind `indent`, further lines begin with two blanks.
std::string wrapped_text(std::string_view text, const Wrapping& wrapping);

/// Cells of the longest part of the text, a single paragraph, that no line ends in: in lines of less it is folded.
std::size_t longest_part(std::string_view text);

}  // namespace queuetrace
