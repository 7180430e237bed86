#include "model/error_word.hpp"

#include <algorithm>
#include <array>
#include <cstddef>

#include "model/message_bytes.hpp"

namespace queuetrace {
namespace {

using namespace message_bytes;

template <typename Test>
std::size_t number_of(std::string_view text, Test&& test) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), test));
}

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_hex(text[i])) return false;
  }
  return true;
}

/// `0x...`, or 8 hex digits and more of which some are digits and some letters, or 32 and more of any kind.
bool is_hex_id(std::string_view text) {
  if (text.size() > 2 && text[0] == '0' && (text[1] == 'x' || text[1] == 'X')) return all(text.substr(2), is_hex);
  if (text.size() < 8 || !all(text, is_hex)) return false;
  const std::size_t digits = number_of(text, is_digit);
  return text.size() >= 32 || (digits > 0 && digits < text.size());
}

/// Generated names (`cus_Nffrfeu3kdjs9A`, ULIDs, `pod-7d4b9c6f5-x2x8q`): long, and changing between letters and digits
/// again and again.
bool is_generated(std::string_view text) {
  if (text.size() < 12 || !all(text, [](char c) { return is_digit(c) || is_letter(c) || c == '_' || c == '-'; }))
    return false;
  std::size_t changes = 0;
  for (std::size_t i = 1; i < text.size(); ++i)
    if ((is_digit(text[i - 1]) && is_letter(text[i])) || (is_letter(text[i - 1]) && is_digit(text[i]))) ++changes;
  return changes >= 4;
}

bool matches_shape(std::string_view text, std::string_view shape) {
  if (text.size() < shape.size()) return false;
  for (std::size_t i = 0; i < shape.size(); ++i)
    if (shape[i] == '9' ? !is_digit(text[i]) : text[i] != shape[i]) return false;
  return true;
}

/// `2026-01-02`, `2026-01-02T03:04:05.678Z`, `2026/01/02`, `03:04:05.123+00`.
bool is_time(std::string_view text) {
  if (!matches_shape(text, "9999-99-99") && !matches_shape(text, "9999/99/99") && !matches_shape(text, "99:99:99"))
    return false;
  return all(text, [](char c) { return is_digit(c) || std::string_view("-/:.+TZ").find(c) != std::string_view::npos; });
}

bool is_port(std::string_view text) { return text.size() >= 2 && text.size() <= 5 && all(text, is_digit); }

bool is_ipv4(std::string_view text) {
  return std::count(text.begin(), text.end(), '.') == 3 && text.size() <= 15 && is_digit(text.front()) &&
         is_digit(text.back()) && text.find("..") == std::string_view::npos &&
         all(text, [](char c) { return is_digit(c) || c == '.'; });
}

bool is_ipv6(std::string_view text) {
  return std::count(text.begin(), text.end(), ':') >= 2 && text.size() <= 45 &&
         (text.find("::") != std::string_view::npos || std::count(text.begin(), text.end(), ':') == 7) &&
         all(text, [](char c) { return is_hex(c) || c == ':' || c == '.' || c == '%'; });
}

constexpr std::array<std::string_view, 26> code_endings{
    ".rs", ".py",  ".go", ".js", ".ts", ".mjs", ".cjs", ".jsx", ".tsx",   ".java", ".kt",   ".rb",   ".php",
    ".cs", ".cpp", ".cc", ".c",  ".h",  ".ex",  ".exs", ".erl", ".scala", ".sql",  ".json", ".yaml", ".toml"};

/// `main.rs:10:5`, `worker.py:42`: a file of source code, perhaps with line and column.
bool is_code_file(std::string_view text) {
  std::string_view name = text;
  for (int part = 0; part < 2; ++part) {
    const std::size_t colon = name.rfind(':');
    if (colon == std::string_view::npos || colon + 1 == name.size() || !all(name.substr(colon + 1), is_digit)) break;
    name = name.substr(0, colon);
  }
  return std::any_of(code_endings.begin(), code_endings.end(),
                     [&](std::string_view ending) { return name.size() > ending.size() && name.ends_with(ending); });
}

bool is_path(std::string_view text) {
  if (is_code_file(text)) return true;
  const bool drive = text.size() > 3 && is_letter(text[0]) && text[1] == ':' && (text[2] == '\\' || text[2] == '/');
  const bool rooted = text.size() > 1 && (text.starts_with('/') || text.starts_with("./") || text.starts_with("../") ||
                                          text.starts_with("~/"));
  return drive || (rooted && std::any_of(text.begin() + 1, text.end(), is_letter)) ||
         std::count(text.begin(), text.end(), '/') >= 2;
}

bool is_address(std::string_view text) {
  if (is_ipv4(text) || is_ipv6(text)) return true;
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || !is_port(text.substr(colon + 1))) return false;
  const std::string_view host = text.substr(0, colon);
  if (is_ipv4(host) || is_ipv6(host) || host == "localhost") return true;
  const bool name = all(host, [](char c) { return is_digit(c) || is_letter(c) || c == '.' || c == '-' || c == '_'; });
  return name && std::any_of(host.begin(), host.end(), is_letter) &&
         (host.find('.') != std::string_view::npos || text.size() - colon > 4);
}

bool is_email(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && at > 0 && text.find('.', at) != std::string_view::npos &&
         text.find('@', at + 1) == std::string_view::npos;
}

/// Digits, with points or further digit groups between them and a sign before them, become `<n>`.
std::string without_numbers(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    if (!is_digit(text[at])) {
      out += text[at++];
      continue;
    }
    std::size_t end = at;
    while (end < text.size() &&
           (is_digit(text[end]) || (text[end] == '.' && end + 1 < text.size() && is_digit(text[end + 1]))))
      ++end;
    if (out == "-" || out == "+") out.clear();
    out += "<n>";
    at = end;
  }
  return out;
}

std::string_view placeholder_of(std::string_view word) {
  if (word.find("://") != std::string_view::npos) return "<url>";
  if (is_uuid(word) || is_hex_id(word)) return "<id>";
  if (is_time(word)) return "<time>";
  if (is_email(word)) return "<email>";
  if (is_code_file(word)) return "<path>";
  if (is_address(word)) return "<addr>";
  if (is_path(word)) return "<path>";
  if (is_generated(word)) return "<id>";
  return {};
}

}  // namespace

std::string fold_error_word(std::string_view word) {
  std::size_t end = word.find_last_not_of(".:!?-");
  end = end == std::string_view::npos ? 0 : end + 1;
  const std::string_view mark = word.substr(end);
  const std::string_view core = word.substr(0, end);
  if (core.empty()) return std::string(word);
  if (const std::string_view whole = placeholder_of(core); !whole.empty())
    return std::string(whole) + std::string(mark);
  // `error:connect:10.0.0.7`, `job:550e8400-...`, `user#42`: the part behind the last mark may be one alone.
  const std::size_t part = core.find_last_of(":#@/");
  if (part != std::string_view::npos && part + 1 < core.size())
    if (const std::string_view tail = placeholder_of(core.substr(part + 1)); !tail.empty())
      return without_numbers(core.substr(0, part + 1)) + std::string(tail) + std::string(mark);
  return without_numbers(core) + std::string(mark);
}

}  // namespace queuetrace
