#include "commands/filter/input_lines.hpp"

#include <istream>
#include <streambuf>

#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view around_lines = " \t\r\n";
constexpr std::size_t most_lines = 10'000;
constexpr std::size_t most_bytes = std::size_t{4} << 20;

/// Whether a line was read. Throws where all lines together have more than `left` bytes, before more of one is held.
bool read_line(std::istream& in, std::string& line, std::size_t& left, const std::string& asker) {
  line.clear();
  for (std::streambuf& bytes = *in.rdbuf();;) {
    const std::streambuf::int_type next = bytes.sbumpc();
    if (next == std::streambuf::traits_type::eof()) return !line.empty();
    if (left-- == 0) throw Error(ErrorKind::usage, asker + "more than 4 MiB on standard input");
    const char c = std::streambuf::traits_type::to_char_type(next);
    if (c == '\n') return true;
    line += c;
  }
}

}  // namespace

std::vector<std::string> input_lines(std::istream& in, const std::string& asker) {
  std::vector<std::string> lines;
  std::size_t left = most_bytes;
  for (std::string line; read_line(in, line, left, asker + ": ");) {
    if (line.find_first_not_of(around_lines) == std::string::npos) continue;
    if (line.ends_with('\r')) line.pop_back();
    lines.push_back(line);
    if (lines.size() > most_lines) throw Error(ErrorKind::usage, asker + ": more than 10000 lines on standard input");
  }
  return lines;
}

std::optional<std::string> first_input_line(std::istream& in) {
  std::size_t left = most_bytes;
  for (std::string line; read_line(in, line, left, "");)
    if (line.find_first_not_of(around_lines) != std::string::npos) return line;
  return std::nullopt;
}

}  // namespace queuetrace
