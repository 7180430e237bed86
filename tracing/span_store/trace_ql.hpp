// TraceQL, the language of Tempo's search: quoted so that no value can be more than a value.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace queuetrace {

/// `{ .order.id = "123" && resource.service.name = "shop" }`. A value that reads as a whole number, `true` or `false`
/// is looked for as that, too.
std::string trace_ql(const std::vector<std::pair<std::string, std::string>>& tags, const std::string& service);

/// In double quotes, with quotes and backslashes escaped.
std::string trace_ql_text(const std::string& text);

/// `.name`, quoted where it holds more than letters, digits, `.`, `_` and `-`.
std::string trace_ql_attribute(const std::string& name);

}  // namespace queuetrace
