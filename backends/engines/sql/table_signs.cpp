#include "backends/engines/sql/table_signs.hpp"

#include <algorithm>

#include "backends/engines/sql/live_schema.hpp"

namespace queuetrace {

std::vector<std::string_view> titles_shown(SqlConnection& connection, std::span<const SqlTableSign> signs,
                                           std::chrono::milliseconds timeout) {
  std::vector<std::string_view> tables;
  for (const SqlTableSign& sign : signs)
    if (sign.flavour == connection.flavour())
      for (const std::string_view word : words_of(sign.needs)) tables.push_back(word.substr(0, word.find('.')));
  SqlSystem all;
  all.flavour = connection.flavour();
  all.tables = tables;
  const SqlSystem* systems[] = {&all};
  const std::vector<LiveSchema> schemas = read_live_schemas(connection, systems, timeout);
  std::vector<std::string_view> titles;
  for (const SqlTableSign& sign : signs) {
    if (sign.flavour != connection.flavour() || std::ranges::find(titles, sign.title) != titles.end()) continue;
    if (std::ranges::any_of(schemas, [&](const LiveSchema& schema) { return schema.meets(sign.needs, "", ""); }))
      titles.push_back(sign.title);
  }
  return titles;
}

}  // namespace queuetrace
