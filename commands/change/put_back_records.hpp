// The records of a backup, or of what a change replaced, given to the store again.
#pragma once

#include <cstdint>
#include <functional>

#include "backends/job_administration.hpp"
#include "commands/change/apply_plan.hpp"
#include "commands/change/backup_file.hpp"

namespace queuetrace {

/// What reading the whole file said of it.
struct BackupFacts {
  std::uint64_t records = 0;
  bool torn = false;
  bool finished = false;
};

/// Gives all records to the store, in chunks bounded in number and bytes, and tells `sink` how each fared, or would.
/// `work` is asked for the size of each chunk and whether to go on. What a change replaced is put back from the last
/// job to the first, as it was replaced from the first to the last. Throws Error where the file is damaged; what the
/// store fails with is the end of `work`.
BackupFacts put_back_records(BackupReader& reader, JobAdministration& administration, bool dry_run, ChunkedWork& work,
                             const std::function<void(const TargetReport&)>& sink);

}  // namespace queuetrace
