// What is wrong with the arguments, in one sentence, with a hint.
#pragma once

#include <string>
#include <vector>

#include "model/error.hpp"

namespace queuetrace {

/// Throws Error{usage} for `-queue`: long names take two dashes. Looks at nothing after `--`.
void refuse_single_dash_names(const std::vector<std::string>& arguments);

/// Throws Error{usage} for the first of the `remaining` arguments that the parser could not place, if there is one.
/// `path`: the command it had reached; `arguments`: all of them.
void refuse_unknown(const std::string& path, const std::vector<std::string>& remaining,
                    const std::vector<std::string>& arguments);

/// `what` is wrong with the arguments of the command at `path`.
Error usage_error(const std::string& path, const std::string& what);

/// `job` alone.
Error verb_missing(const std::string& path);

}  // namespace queuetrace
