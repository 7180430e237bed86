// What is wrong with the arguments, in one sentence, with a hint.
#pragma once

#include <string>
#include <vector>

#include "cli/option_tree.hpp"
#include "model/error.hpp"

namespace queuetrace {

/// Throws Error{usage} for `-queue`: long names take two dashes. Looks at nothing after `--`.
void refuse_single_dash_names(const CommandDescription& root, const std::vector<std::string>& arguments);

/// Throws Error{usage} for the first of the `remaining` arguments that the parser could not place, if there is one.
/// `path`: the command it had reached.
void refuse_unknown(const CommandDescription& root, const std::string& path, const std::vector<std::string>& remaining);

/// An error of the parser, in our words. `name` is its class (`RequiredError`, ...), `what` its own text.
Error usage_error(const std::string& path, const std::string& name, const std::string& what);

/// `job` alone.
Error verb_missing(const CommandDescription& root, const std::string& path);

}  // namespace queuetrace
