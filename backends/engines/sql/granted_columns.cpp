#include "backends/engines/sql/granted_columns.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backends/engines/sql/flavour.hpp"

namespace queuetrace {
namespace {

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

}  // namespace

bool names_column(std::string_view sql, const LiveTable& columns) {
  return std::ranges::any_of(columns, [&](const auto& column) {
    for (const std::string& name : {'.' + column.first, '.' + quoted_identifier(column.first)})
      for (std::size_t at = sql.find(name); at != std::string_view::npos; at = sql.find(name, at + 1))
        if (const std::size_t end = at + name.size(); end == sql.size() || !is_name_character(sql[end])) return true;
    return false;
  });
}

std::string granted_rows(const LiveSchema& schema, std::string_view table) {
  const std::string name = qualified_name(schema.name, table);
  if (!schema.is_partly_refused(table)) return name;
  const LiveTable& refused = schema.refused(table);
  std::string columns;
  for (const auto& [column, type] : *schema.find(table)) {
    const auto none = refused.find(column);
    const std::string value =
        none == refused.end() ? "t." + quoted_identifier(column) : fmt::format("NULL::{}", none->second);
    columns += fmt::format("{}{} AS {}", columns.empty() ? "" : ", ", value, quoted_identifier(column));
  }
  return fmt::format("(SELECT {} FROM {} t)", columns, name);
}

}  // namespace queuetrace
