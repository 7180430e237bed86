#include "tracing/url_template.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "model/error.hpp"
#include "model/letter_case.hpp"
#include "tracing/characters.hpp"
#include "tracing/percent.hpp"
#include "tracing/url.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t longest_url = 8192;

/// Lower case without `_`; `var.` names keep their own spelling behind the dot.
std::string normalised(std::string_view name) {
  if (name.size() > 4 && equal_ignoring_case(name.substr(0, 4), "var.")) return "var." + std::string(name.substr(4));
  std::string result = lower_case(name);
  std::erase(result, '_');
  return result;
}

/// Reads `{name}` or `{{name}}` at `position` and steps behind it. Absent: no placeholder there.
std::optional<std::string_view> read_placeholder(std::string_view text, std::size_t& position) {
  const std::string_view open = text.substr(position).starts_with("{{") ? "{{" : "{";
  const std::string_view close = open == "{{" ? "}}" : "}";
  const std::size_t start = position + open.size();
  const std::size_t end = text.find(close, start);
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view name = text.substr(start, end - start);
  if (name.empty() || name.find_first_of("{}") != std::string_view::npos) return std::nullopt;
  position = end + close.size();
  return name;
}

std::string value_problem(std::string_view value, bool in_path) {
  if (has_control_character(value)) return "control character";
  if (!in_path) return {};
  if (value == "." || value == "..") return "dot segment";
  if (value.find('/') != std::string_view::npos || value.find('\\') != std::string_view::npos)
    return "slash or backslash in a path";
  return {};
}

bool is_host_text(std::string_view text) {
  return !text.empty() &&
         std::ranges::all_of(text, [](char c) { return is_digit(c) || is_letter(c) || c == '.' || c == '-'; });
}

}  // namespace

const std::string* find_variable(const std::map<std::string, std::string>& variables, std::string_view name) {
  for (const auto& [written, value] : variables)
    if (normalised(written) == normalised(name)) return &value;
  return nullptr;
}

UrlTemplate::UrlTemplate(std::string_view text, std::string owner, const std::function<bool(std::string_view)>& known,
                         const std::map<std::string, std::string>& host_values)
    : owner_(std::move(owner)) {
  if (const std::string problem = url_problem(text, true); !problem.empty())
    refuse("its URL is not usable: " + problem);
  const UrlParts parts = split_url(text);
  read_host(parts.scheme, parts.authority, host_values);
  read_part(parts.path, Part::path, known);
  fixed_prefix_ = parts.path.substr(0, parts.path.find_first_of("{;"));
  const std::string_view tail = text.substr(parts.scheme.size() + 3 + parts.authority.size() + parts.path.size());
  if (tail.starts_with('?')) read_part(tail.substr(0, 1 + parts.query.size()), Part::query, known);
  if (tail.find('#') != std::string_view::npos) read_part(tail.substr(tail.find('#')), Part::fragment, known);
  if (pieces_.empty()) pieces_.push_back({});
}

void UrlTemplate::refuse(const std::string& problem) const { throw Error(ErrorKind::usage, owner_ + ": " + problem); }

void UrlTemplate::read_host(std::string_view scheme, std::string_view authority,
                            const std::map<std::string, std::string>& values) {
  std::string host;
  for (std::size_t i = 0; i < authority.size();) {
    if (authority[i] != '{') {
      if (authority[i] == '}') refuse("'}' without '{' in its URL");
      host += authority[i++];
      continue;
    }
    if (host.find(':') != std::string::npos) refuse("a placeholder must not stand in the port of its URL");
    const std::optional<std::string_view> name = read_placeholder(authority, i);
    if (!name) refuse("'{' without '}' in its URL");
    const std::string variable = normalised(*name);
    if (!variable.starts_with("var.")) refuse(fmt::format("{{{}}} must not stand in the host of its URL", *name));
    const std::string* const value = find_variable(values, variable.substr(4));
    if (value == nullptr || value->empty()) {
      if (missing_.empty()) missing_ = variable;
    } else if (!is_host_text(*value)) {
      refuse(fmt::format("{} is not a host name", variable));
    } else {
      host += *value;
    }
  }
  if (missing_.empty()) origin_ = fmt::format("{}://{}", lower_case(scheme), host);
}

std::vector<UrlTemplate::Piece::Item> UrlTemplate::read_items(
    std::string_view text, const std::function<bool(std::string_view)>& known) const {
  std::vector<Piece::Item> items;
  std::string literal;
  for (std::size_t i = 0; i < text.size();) {
    if (text[i] != '{') {
      if (text[i] == '}') refuse("'}' without '{' in its URL");
      literal += text[i++];
      continue;
    }
    const std::optional<std::string_view> name = read_placeholder(text, i);
    if (!name) refuse("'{' without '}' in its URL");
    std::string placeholder = normalised(*name);
    if (!placeholder.starts_with("var.") && !known(placeholder))
      refuse(fmt::format("unknown placeholder {{{}}}", *name));
    items.push_back({std::exchange(literal, {}), std::move(placeholder), std::string(*name)});
  }
  if (!literal.empty()) items.push_back({literal, {}, {}});
  return items;
}

void UrlTemplate::read_part(std::string_view text, Part part, const std::function<bool(std::string_view)>& known) {
  // Parameters begin at `;` in a path and a fragment, at `?` and `&` in a query and in the query of a fragment.
  while (!text.empty()) {
    const std::string_view marks = part == Part::query ? "?&" : part == Part::path ? ";" : ";?&";
    const bool begins_parameter = marks.find(text.front()) != std::string_view::npos;
    const std::size_t end = text.find_first_of(marks == ";" ? ";/" : marks, 1);
    const std::string_view run = text.substr(0, end);
    Piece piece;
    piece.part = part;
    piece.is_parameter = begins_parameter && run.find('=') != std::string_view::npos;
    if (piece.is_parameter) piece.separator = run.front();
    piece.items = read_items(piece.is_parameter ? run.substr(1) : run, known);
    pieces_.push_back(std::move(piece));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end);
  }
}

bool UrlTemplate::uses(std::string_view placeholder) const {
  return std::ranges::any_of(pieces_, [&](const Piece& piece) {
    return std::ranges::any_of(piece.items, [&](const Piece::Item& item) { return item.placeholder == placeholder; });
  });
}

TemplateResult UrlTemplate::fill(const Lookup& lookup) const {
  const auto no = [](std::string reason) { return TemplateResult{std::nullopt, std::move(reason)}; };
  if (!missing_.empty()) return no(fmt::format("{} needs {}", owner_, missing_));
  std::string url = origin_;
  bool query_open = false;
  Part part = Part::path;
  for (const Piece& piece : pieces_) {
    if (piece.part != part) query_open = false;
    part = piece.part;
    std::string filled;
    bool dropped = false;
    for (const Piece::Item& item : piece.items) {
      filled += item.literal;
      if (item.placeholder.empty()) continue;
      const TemplateValue value = lookup(item.placeholder);
      if (!value.refusal.empty()) return no(value.refusal);
      const bool missing = !value.text || (value.text->empty() && !piece.is_parameter);
      if (missing && !piece.is_parameter) return no(fmt::format("{} needs {}", owner_, item.written));
      if (missing) {
        dropped = true;
        break;
      }
      const bool in_path = piece.part == Part::path;
      if (const std::string problem = value_problem(*value.text, in_path); !problem.empty())
        return no(fmt::format("refused: {}", problem));
      filled += percent_encode(*value.text);
    }
    if (dropped) continue;
    if (piece.is_parameter) {
      const bool in_query = piece.separator != ';';
      url += !in_query ? ';' : query_open ? '&' : '?';
      query_open = query_open || in_query;
    }
    query_open = query_open || filled.starts_with('?');
    url += filled;
  }
  const UrlParts parts = split_url(url);
  if (url.size() > longest_url) return no(fmt::format("refused: the link would be longer than {} bytes", longest_url));
  if (!url_problem(url, false).empty() || url.substr(0, parts.scheme.size() + 3 + parts.authority.size()) != origin_ ||
      !parts.path.starts_with(fixed_prefix_))
    return no("refused: the link would not lead to the configured viewer");
  return {std::move(url), {}};
}

}  // namespace queuetrace
