#include "backends/systems/described/literal.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "backends/engines/sql/flavour.hpp"
#include "model/error.hpp"
#include "model/time.hpp"

namespace queuetrace::described {
namespace {

bool is_whole(std::string_view text) {
  std::int64_t number = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc() && rest == text.data() + text.size();
}

/// Digits with at most one point, a minus before them: no exponent, no words.
bool is_decimal(std::string_view text) {
  if (text.starts_with('-')) text.remove_prefix(1);
  return !text.empty() && text.size() <= 40 && std::ranges::count(text, '.') <= 1 && text.front() != '.' &&
         text.back() != '.' && text.find_first_not_of("0123456789.") == std::string_view::npos;
}

bool is_uuid(std::string_view text) {
  return text.size() == 36 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F') || c == '-';
         });
}

[[noreturn]] void misfit(const DescribedLiteral& literal, const LiveColumn& column) {
  throw Error(ErrorKind::usage, fmt::format("'{}' is not {}: the column is of type {}", literal.text,
                                            words_for(column.kind), column.type));
}

std::string of_type(std::string_view text, std::string_view type) {
  return fmt::format("{}::{}", quoted_text(SqlFlavour::postgresql, text), type);
}

}  // namespace

std::string quoted_text(SqlFlavour flavour, std::string_view text) {
  const bool escaped = flavour == SqlFlavour::postgresql && text.find('\\') != std::string_view::npos;
  const std::string_view open = escaped ? "E'" : "'";
  std::string out(open);
  bool parted = false;
  for (const char c : text) {
    if (c == '\'' || (escaped && c == '\\')) out += c;
    out += c;
    if (c != '{') continue;
    out += fmt::format("' || {}", open);
    parted = true;
  }
  out += '\'';
  if (parted) out = fmt::format("({})", out);
  return flavour == SqlFlavour::postgresql ? out + "::text" : out;
}

std::string quoted_name(std::string_view name) {
  if (name.find_first_of("{}") != std::string_view::npos)
    throw Error(ErrorKind::usage, fmt::format("'{}': names with braces cannot be read", name));
  return quoted_identifier(name);
}

bool has_own_literals(ColumnKind kind) {
  return kind != ColumnKind::json && kind != ColumnKind::jsonb && kind != ColumnKind::list &&
         kind != ColumnKind::bytes && kind != ColumnKind::other;
}

std::string_view words_for(ColumnKind kind) {
  switch (kind) {
    case ColumnKind::integer: return "a whole number";
    case ColumnKind::number: return "a number";
    case ColumnKind::truth: return "true or false";
    case ColumnKind::label: return "one of its labels";
    case ColumnKind::zoned_time:
    case ColumnKind::time:
    case ColumnKind::date: return "a time such as 2026-01-02T03:04:05Z";
    case ColumnKind::uuid: return "a UUID";
    default: return "a text";
  }
}

std::string literal_of(SqlFlavour flavour, const LiveColumn& column, const DescribedLiteral& literal) {
  const std::string& text = literal.text;
  switch (column.kind) {
    case ColumnKind::integer:
      if (!is_whole(text)) misfit(literal, column);
      return text;
    case ColumnKind::number:
      if (!is_decimal(text)) misfit(literal, column);
      return text;
    case ColumnKind::truth:
      if (text == "true" || text == "t" || text == "1") return "true";
      if (text == "false" || text == "f" || text == "0") return "false";
      misfit(literal, column);
    case ColumnKind::label:
      if (std::ranges::find(column.labels, text) == column.labels.end()) misfit(literal, column);
      return quoted_text(flavour, text);
    case ColumnKind::zoned_time:
    case ColumnKind::time:
    case ColumnKind::date:
      if (!parse_timestamp(text)) misfit(literal, column);
      return of_type(text, column.type);
    case ColumnKind::uuid:
      if (!is_uuid(text)) misfit(literal, column);
      return of_type(text, "uuid");
    case ColumnKind::dynamic:
      if (literal.kind == DescribedLiteral::Kind::number && is_decimal(text)) return text;
      if (literal.kind == DescribedLiteral::Kind::truth) return text == "true" ? "1" : "0";
      return quoted_text(flavour, text);
    default: return quoted_text(flavour, text);
  }
}

}  // namespace queuetrace::described
