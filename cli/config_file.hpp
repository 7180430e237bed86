// Where the configuration file is, and reading it only when no other user could have written it.
#pragma once

#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "model/environment.hpp"

namespace queuetrace {

/// `given` (--config), else QUEUETRACE_CONFIG, else $XDG_CONFIG_HOME/queuetrace/config.toml, else
/// ~/.config/queuetrace/config.toml. Relative XDG_CONFIG_HOME and HOME do not count; the current directory is never
/// looked at. Empty when there is no place to look.
std::filesystem::path configuration_path(const std::optional<std::filesystem::path>& given,
                                         const Environment& environment);

/// Who may have touched a file that we trust.
enum class FileTrust {
  configuration,  ///< owned by the user or root, not writable by group or others
  secret          ///< also a regular file, no symbolic link, and not readable by group or others
};

/// The file's bytes, at most 1 MiB. Absent when there is no such file. Throws Error{usage} with the reason and the
/// command that fixes it when the file may have been written (or, for secrets, read) by others (docs/threats.md G02 and
/// section 6.1).
std::optional<std::string> read_trusted_file(const std::filesystem::path& path, FileTrust trust);

}  // namespace queuetrace
