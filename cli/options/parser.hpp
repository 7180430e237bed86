// From arguments to the options they give: the one place that knows the parser's library.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "commands/option.hpp"

namespace queuetrace {

/// A command and what it takes; the options may be left out of one that the arguments cannot mean.
struct CommandOptions {
  std::string_view path;  ///< `job list`
  std::vector<BoundOption> options;
};

/// An option as given.
struct GivenOption {
  const BoundOption* option = nullptr;
  std::vector<std::string> texts;  ///< one, unless it takes several values; `true` for a flag
};

struct ParseOutcome {
  std::string path;                   ///< the command that was reached, `job list`; `job` or empty: no whole one
  std::vector<GivenOption> given;     ///< in the order of the tables, the shared ones first
  std::vector<std::string> unplaced;  ///< arguments that nothing takes
  std::string refusal;                ///< what is wrong otherwise, one sentence; empty: nothing
  bool misread = false;               ///< `refusal`: an option took another one for its value, or a flag was given one

  bool has(std::string_view name) const;  ///< whether the option with this name was given
};

/// Sets nothing. `shared` may stand before, between and after the words of the command. What is returned points into
/// `shared` and `commands`.
ParseOutcome parse_arguments(std::span<const BoundOption> shared, std::span<const CommandOptions> commands,
                             const std::vector<std::string>& arguments);

/// Sets the values that were given. What is wrong with the first text that is not a value of its option, one sentence;
/// empty: nothing.
std::string set_values(const std::vector<GivenOption>& given);

}  // namespace queuetrace
