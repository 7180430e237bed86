#include "backends/engines/sql/json_comparison.hpp"

#include <fmt/format.h>

namespace queuetrace {

std::string equals_json_at_path(SqlFlavour flavour, std::string_view document, std::string_view path,
                                std::string_view value) {
  if (flavour == SqlFlavour::postgresql)
    return fmt::format("coalesce((({}) #> {}::text[])::jsonb = {}::jsonb, false)", document, path, value);
  return fmt::format("CASE WHEN json_valid({0}) THEN coalesce(canonical_json({0} -> {1}) = {2}, 0) ELSE 0 END",
                     document, path, value);
}

}  // namespace queuetrace
