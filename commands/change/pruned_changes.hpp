// How long what changes replaced is kept for undoing them: the folder is bound by age and size.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

namespace queuetrace {

/// What is kept at most. Backups of removed jobs are not meant: nothing else has those jobs.
struct KeptBounds {
  std::chrono::hours age{30 * 24};
  std::uint64_t bytes = 1ull << 30;
};

/// The bounds, for messages.
inline constexpr const char* kept_for = "30 days, and at most 1 GiB of it";

/// Removes the files of the folder (`*.jsonl`) that are older than the bound, then the oldest until the rest fits. What
/// cannot be removed or read stays. Returns how many went. Linear in the number of files; never throws.
std::size_t prune_changes(const std::filesystem::path& folder, std::filesystem::file_time_type now,
                          const KeptBounds& bounds = {});

}  // namespace queuetrace
