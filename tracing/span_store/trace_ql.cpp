#include "tracing/span_store/trace_ql.hpp"

#include <algorithm>

#include "tracing/characters.hpp"

namespace queuetrace {
namespace {

bool is_plain(char c) { return is_digit(c) || is_letter(c) || c == '.' || c == '_' || c == '-'; }

/// A number of 64 bits or a flag, which TraceQL tells from a text.
bool is_other_type(const std::string& value) {
  if (value == "true" || value == "false") return true;
  const std::string_view digits = value.starts_with('-') ? std::string_view(value).substr(1) : std::string_view(value);
  return all_digits(digits) && digits.size() <= 18;
}

}  // namespace

std::string trace_ql_text(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string trace_ql_attribute(const std::string& name) {
  return std::ranges::all_of(name, is_plain) ? "." + name : "." + trace_ql_text(name);
}

std::string trace_ql(const std::vector<std::pair<std::string, std::string>>& tags, const std::string& service) {
  std::string query;
  const auto add = [&query](const std::string& condition) { query += (query.empty() ? "" : " && ") + condition; };
  for (const auto& [name, value] : tags) {
    const std::string attribute = trace_ql_attribute(name);
    const std::string as_text = attribute + " = " + trace_ql_text(value);
    add(is_other_type(value) ? "(" + as_text + " || " + attribute + " = " + value + ")" : as_text);
  }
  if (!service.empty()) add("resource.service.name = " + trace_ql_text(service));
  return "{ " + query + " }";
}

}  // namespace queuetrace
