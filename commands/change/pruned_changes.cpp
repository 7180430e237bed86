#include "commands/change/pruned_changes.hpp"

#include <algorithm>
#include <system_error>
#include <vector>

namespace queuetrace {
namespace {

struct KeptOne {
  std::filesystem::file_time_type written;
  std::uint64_t bytes = 0;
  std::filesystem::path path;
};

std::vector<KeptOne> kept_in(const std::filesystem::path& folder) {
  std::vector<KeptOne> files;
  std::error_code error;
  for (std::filesystem::directory_iterator one(folder, error), end; !error && one != end; one.increment(error)) {
    std::error_code unread;
    if (one->path().extension() != ".jsonl" || !one->is_regular_file(unread) || one->is_symlink(unread)) continue;
    KeptOne file{one->last_write_time(unread), one->file_size(unread), one->path()};
    if (!unread) files.push_back(std::move(file));
  }
  return files;
}

}  // namespace

std::size_t prune_changes(const std::filesystem::path& folder, std::filesystem::file_time_type now,
                          const KeptBounds& bounds) {
  std::vector<KeptOne> files = kept_in(folder);
  std::ranges::sort(files, std::ranges::greater(), &KeptOne::written);
  std::uint64_t bytes = 0;
  std::size_t removed = 0;
  for (const KeptOne& file : files) {
    bytes += file.bytes;
    const bool fits = now - file.written <= bounds.age && bytes <= bounds.bytes;
    std::error_code error;
    if (!fits && std::filesystem::remove(file.path, error)) ++removed;
  }
  return removed;
}

}  // namespace queuetrace
