#include "commands/source/configuration_text.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

namespace queuetrace {
namespace {

/// Walks through TOML text by its strings, comments and brackets.
class Scanner {
 public:
  explicit Scanner(std::string_view text) : text_(text) {}

  bool at_end() const { return at_ >= text_.size(); }
  std::size_t place() const { return at_; }
  char here() const { return at_end() ? '\n' : text_[at_]; }

  /// Whether this character was next.
  bool skip(char expected) {
    const bool found = !at_end() && here() == expected;
    if (found) ++at_;
    return found;
  }
  void skip_blanks() {
    while (!at_end() && (here() == ' ' || here() == '\t' || here() == '\r')) ++at_;
  }
  /// To behind the line feed.
  void skip_line() {
    while (!at_end() && here() != '\n') ++at_;
    if (!at_end()) ++at_;
  }

  /// `sources."prod"`, up to where no key goes on.
  std::vector<std::string> key() {
    std::vector<std::string> path;
    while (true) {
      skip_blanks();
      const std::size_t begin = at_;
      if (here() == '"' || here() == '\'') {
        skip_string();
        path.emplace_back(text_.substr(begin + 1, at_ - begin - 2));
      } else {
        while (!at_end() && std::string_view(".=] \t\r\n").find(here()) == std::string_view::npos) ++at_;
        path.emplace_back(text_.substr(begin, at_ - begin));
      }
      skip_blanks();
      if (at_end() || here() != '.') return path;
      ++at_;
    }
  }

  /// Over one value, arrays and tables with everything in them; returns the place behind its last character.
  std::size_t skip_value() {
    std::size_t end = at_;
    int depth = 0;
    while (!at_end()) {
      const char c = here();
      if (c == '"' || c == '\'') {
        skip_string();
      } else if (c == '#') {
        if (depth == 0) return end;
        skip_line();
        continue;
      } else if (c == '\n' && depth == 0) {
        return end;
      } else {
        if (c == '[' || c == '{') ++depth;
        if (c == ']' || c == '}') --depth;
        ++at_;
      }
      if (c != ' ' && c != '\t' && c != '\r' && c != '\n') end = at_;
    }
    return end;
  }

 private:
  bool follows(std::string_view what) const { return text_.substr(std::min(at_, text_.size())).starts_with(what); }

  void skip_string() {
    const char quote = here();
    const std::string three(3, quote);
    const bool many_lines = follows(three);
    at_ += many_lines ? 3 : 1;
    while (!at_end() && !(many_lines ? follows(three) : here() == quote)) at_ += quote == '"' && here() == '\\' ? 2 : 1;
    at_ += many_lines ? 3 : 1;
    while (many_lines && !at_end() && here() == quote) ++at_;  // up to two quotes may stand before the last three
    at_ = std::min(at_, text_.size());
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

bool begins_with(const std::vector<std::string>& path, const std::vector<std::string>& first) {
  return path.size() >= first.size() && std::equal(first.begin(), first.end(), path.begin());
}

/// `default = ...` above the first table; nullptr: it is not there.
const TomlStatement* default_in(const std::vector<TomlStatement>& statements) {
  for (const TomlStatement& one : statements) {
    if (one.kind == TomlStatement::Kind::table) break;
    if (one.kind == TomlStatement::Kind::value && one.path == std::vector<std::string>{"default"}) return &one;
  }
  return nullptr;
}

}  // namespace

std::vector<TomlStatement> toml_statements(std::string_view text) {
  std::vector<TomlStatement> statements;
  Scanner scanner(text);
  while (!scanner.at_end()) {
    TomlStatement one;
    one.begin = scanner.place();
    scanner.skip_blanks();
    if (scanner.skip('[')) {
      scanner.skip('[');
      one.kind = TomlStatement::Kind::table;
      one.path = scanner.key();
    } else if (scanner.here() != '#' && scanner.here() != '\n') {
      one.kind = TomlStatement::Kind::value;
      one.path = scanner.key();
      scanner.skip('=');
      scanner.skip_blanks();
      one.value_begin = scanner.place();
      one.value_end = scanner.skip_value();
    }
    scanner.skip_line();
    one.end = scanner.place();
    statements.push_back(std::move(one));
  }
  return statements;
}

std::string toml_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') out += '\\';
    if (byte < 0x20 || byte == 0x7f)
      out += fmt::format("\\u{:04x}", byte);
    else
      out += c;
  }
  return out + '"';
}

std::string with_source(const std::string& text, const std::string& name,
                        const std::vector<std::pair<std::string, std::string>>& values) {
  std::string out = text;
  if (!out.empty() && out.back() != '\n') out += '\n';
  if (!out.empty()) out += '\n';
  const bool bare = std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-'; });
  out += "[sources." + (bare ? name : toml_string(name)) + "]\n";
  for (const auto& [key, value] : values) out += key + " = " + value + "\n";
  return out;
}

std::optional<std::string> without_source(const std::string& text, const std::string& name) {
  std::string out;
  std::string around;  // blank lines and comments that belong to the table when it goes on behind them
  bool inside = false;
  bool found = false;
  for (const TomlStatement& one : toml_statements(text)) {
    const std::string lines = text.substr(one.begin, one.end - one.begin);
    if (one.kind == TomlStatement::Kind::table) inside = begins_with(one.path, {"sources", name});
    found = found || (inside && one.kind == TomlStatement::Kind::table);
    if (inside && one.kind == TomlStatement::Kind::nothing) {
      around += lines;
    } else if (inside) {
      around.clear();
    } else {
      out += around + lines;
      around.clear();
    }
  }
  out += around;
  if (!found) return std::nullopt;
  return out;
}

std::string with_default(const std::string& text, const std::string& value) {
  const std::vector<TomlStatement> statements = toml_statements(text);
  if (const TomlStatement* one = default_in(statements))
    return text.substr(0, one->value_begin) + value + text.substr(one->value_end);
  // Behind the keys at the top; where there are none, ahead of the first table and what is said of it.
  std::size_t place = 0;
  for (const TomlStatement& one : statements) {
    if (one.kind == TomlStatement::Kind::table) break;
    if (one.kind == TomlStatement::Kind::value) place = one.end;
  }
  std::string head = text.substr(0, place);
  if (!head.empty() && head.back() != '\n') head += '\n';
  const std::string tail = text.substr(place);
  return head + "default = " + value + "\n" + (tail.empty() || tail.front() == '\n' ? "" : "\n") + tail;
}

std::string without_default(const std::string& text) {
  const std::vector<TomlStatement> statements = toml_statements(text);
  const TomlStatement* one = default_in(statements);
  return one == nullptr ? text : text.substr(0, one->begin) + text.substr(one->end);
}

}  // namespace queuetrace
