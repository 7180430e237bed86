#include "commands/filter/input_lines.hpp"

#include <istream>

#include "model/error.hpp"

namespace queuetrace {

std::vector<std::string> input_lines(std::istream& in, const std::string& asker) {
  constexpr std::size_t most = 10'000;
  constexpr std::string_view blanks = " \t\r\n";
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) {
    const std::size_t first = line.find_first_not_of(blanks);
    if (first == std::string::npos) continue;
    lines.push_back(line.substr(first, line.find_last_not_of(blanks) - first + 1));
    if (lines.size() > most) throw Error(ErrorKind::usage, asker + ": more than 10000 lines on standard input");
  }
  return lines;
}

}  // namespace queuetrace
