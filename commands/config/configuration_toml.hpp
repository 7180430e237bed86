// The configuration in use as TOML, for people to read and to paste into their file.
#pragma once

#include <string>

#include "model/configuration.hpp"

namespace queuetrace {

/// Keys that the file does not set stand with their defaults and `# default`. Passwords are masked; tokens, values of
/// headers and commands for passwords are not shown, only that they are there. All of it is printable ASCII.
std::string configuration_toml(const Configuration& configuration);

}  // namespace queuetrace
