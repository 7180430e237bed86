#include "tests/hostile/inputs.hpp"

#include <fmt/format.h>

#include <fstream>
#include <stdexcept>

namespace queuetrace::test {
namespace {

std::string unescaped(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '\\' || at + 1 == text.size()) {
      bytes += text[at];
    } else if (text[at + 1] == 'x' && at + 3 < text.size()) {
      bytes += static_cast<char>(std::stoi(std::string(text.substr(at + 2, 2)), nullptr, 16));
      at += 3;
    } else {
      bytes += text[++at];
    }
  }
  return bytes;
}

/// One code point at `at`, which is moved behind it; absent when the bytes are no UTF-8.
std::optional<char32_t> next_code_point(std::string_view text, std::size_t& at) {
  const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
  const unsigned char first = byte(at);
  const int more = first < 0x80 ? 0 : first >> 5 == 6 ? 1 : first >> 4 == 14 ? 2 : first >> 3 == 30 ? 3 : -1;
  if (more < 0 || at + static_cast<std::size_t>(more) >= text.size()) return std::nullopt;
  char32_t code = more == 0 ? first : first & (0x3fU >> more);
  for (int i = 1; i <= more; ++i) {
    if (byte(at + static_cast<std::size_t>(i)) >> 6 != 2) return std::nullopt;
    code = code << 6 | (byte(at + static_cast<std::size_t>(i)) & 0x3f);
  }
  constexpr char32_t least[] = {0, 0x80, 0x800, 0x10000};
  if (code < least[more] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000)) return std::nullopt;
  at += static_cast<std::size_t>(more) + 1;
  return code;
}

bool controls_direction(char32_t code) {
  return code == 0x61c || code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
         (code >= 0x2066 && code <= 0x2069);
}

}  // namespace

std::vector<HostileInput> hostile_inputs() {
  std::ifstream file(HOSTILE_INPUTS);
  if (!file) throw std::runtime_error("cannot read " HOSTILE_INPUTS);
  std::vector<HostileInput> inputs;
  for (std::string line; std::getline(file, line);)
    if (!line.empty() && line[0] != '#') inputs.push_back({line.substr(0, 3), unescaped(line.substr(4))});
  return inputs;
}

bool is_utf8(std::string_view bytes, bool storable) {
  for (std::size_t at = 0; at < bytes.size();) {
    const std::optional<char32_t> code = next_code_point(bytes, at);
    if (!code || (storable && *code == 0)) return false;
  }
  return true;
}

std::optional<std::string> forbidden(std::string_view text, bool tabs_allowed) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const std::optional<char32_t> code = next_code_point(text, at);
    const bool allowed = code && (*code == '\n' || (*code == '\t' && tabs_allowed));
    if (code && (allowed || (*code >= 0x20 && (*code < 0x7f || *code > 0x9f) && !controls_direction(*code)))) continue;
    const std::string what =
        code ? fmt::format("U+{:04X}", static_cast<std::uint32_t>(*code)) : std::string("no UTF-8");
    const std::size_t line = text.rfind('\n', start) == std::string_view::npos ? 0 : text.rfind('\n', start) + 1;
    return fmt::format("{} at byte {} behind \"{}\"", what, start, text.substr(line, start - line));
  }
  return std::nullopt;
}

std::string json_string(std::string_view bytes) {
  std::string text = "\"";
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\')
      text += std::string("\\") + c;
    else if (byte < 0x20)
      text += fmt::format("\\u{:04x}", byte);
    else
      text += c;
  }
  return text + '"';
}

}  // namespace queuetrace::test
