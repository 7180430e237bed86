// The user's configuration file, for the commands that change it.
#pragma once

#include <memory>

#include "cli/config_file.hpp"
#include "commands/source/configuration_file.hpp"

namespace queuetrace {

/// `path`: where the configuration was looked for; empty: there is no place for one, and everything throws
/// Error{usage}.
std::shared_ptr<ConfigurationFile> editable_configuration(const std::filesystem::path& path,
                                                          const Environment& environment);

}  // namespace queuetrace
