// Three examples for each command, for its --help. Each must parse: unit_cli does it.
#pragma once

#include <array>
#include <string_view>

namespace queuetrace {

struct Example {
  std::string_view command;  ///< without `queuetrace`
  std::string_view meaning;
};

/// Empty members stand for nothing.
using Examples = std::array<Example, 3>;

/// Of the command at `path`; all empty for a path that is none.
const Examples& examples_of(std::string_view path);

}  // namespace queuetrace
