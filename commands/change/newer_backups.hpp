// Backups in the state folder that were made after another one of the same store.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "commands/change/backup_file.hpp"

namespace queuetrace {

/// Newest first. Those written elsewhere by --backup are not known. Files that are not backups are skipped; costs
/// one line of each file that is newer by its name.
std::vector<std::filesystem::path> newer_backups(const BackupReader& than,
                                                 const std::map<std::string, std::string>& environment);

}  // namespace queuetrace
