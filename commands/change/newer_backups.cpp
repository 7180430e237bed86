#include "commands/change/newer_backups.hpp"

#include <algorithm>
#include <functional>

#include "commands/change/state_folder.hpp"
#include "model/error.hpp"

namespace queuetrace {

std::vector<std::filesystem::path> newer_backups(const BackupReader& than,
                                                 const std::map<std::string, std::string>& environment) {
  std::vector<std::filesystem::path> newer;
  std::error_code error;
  const std::filesystem::path folder = state_folder(environment) / "backups";
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    // Named by their operation, which begins with the time it began.
    if (entry->path().extension() != ".jsonl" || entry->path().stem().string() <= than.operation()) continue;
    try {
      const BackupReader other(entry->path());
      const bool is_same_store = other.system() == than.system() && other.address() == than.address();
      if (other.target() == than.target() && is_same_store) newer.push_back(entry->path());
    } catch (const Error&) {  // NOLINT(bugprone-empty-catch): no backup, or one of somebody else
    }
  }
  std::ranges::sort(newer, std::ranges::greater());
  return newer;
}

}  // namespace queuetrace
