// Values on standard input, one per line.
#pragma once

#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

namespace queuetrace {

/// The lines of `in` as they are, in their order: blanks belong to the value. Those of blanks alone are left out, and
/// the CR of a line that ends in CR and LF. Throws Error{usage} that begins with `asker` (`--id -`) when there are more
/// than 10,000 of them, or more than 4 MiB, and holds no more than that: what a pipe gives may never end.
std::vector<std::string> input_lines(std::istream& in, const std::string& asker);

/// The first line of `in` that is not blank, as it is; absent: there is none. Reads and holds 4 MiB at most, and throws
/// Error{usage} when no such line ends within them.
std::optional<std::string> first_input_line(std::istream& in);

}  // namespace queuetrace
