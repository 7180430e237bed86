// Values on standard input, one per line.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

namespace queuetrace {

/// The lines of `in` without blanks around them and without empty ones, in their order; a blank inside a line belongs
/// to its value. Throws Error{usage} that begins with `asker` (`--id -`) when there are more than 10,000.
std::vector<std::string> input_lines(std::istream& in, const std::string& asker);

}  // namespace queuetrace
