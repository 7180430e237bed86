// What a terminal can do, as TERM says.
#pragma once

#include <map>
#include <string>

namespace queuetrace {

/// Whether the cursor can be moved: not where TERM is unset, empty or `dumb`.
inline bool moves_cursor(const std::map<std::string, std::string>& environment) {
  const auto term = environment.find("TERM");
  return term != environment.end() && !term->second.empty() && term->second != "dumb";
}

}  // namespace queuetrace
