// How a description names a value of a row: a column, or a path into one.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/systems/described/live_table.hpp"

namespace queuetrace::described {

/// `column`, `column.key.0`, `column.key~word`, `count(column)`.
struct Reference {
  std::string column;
  std::vector<std::string> members = {};  ///< path inside the column's JSON; empty: the column itself
  std::string word = {};                  ///< behind which a traceparent stands
  bool is_count = false;                  ///< the length of the list there
  const LiveColumn* live = nullptr;
};

/// The value that `text` names in this table. A text that is the name of a column, dots and all, is that column; else
/// the longest beginning of it that is one, cut at a dot, and the rest a path whose parts may stand in double quotes.
/// Absent when no column fits. `words`: `~word` is looked for, too.
std::optional<Reference> find_reference(std::string_view text, const LiveTableColumns& table, bool words = false);

}  // namespace queuetrace::described
