// Backups: what was there before jobs were changed, as JSON lines, for `job restore`. Every job is on the disk before
// the store is touched.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/change/plan_file.hpp"
#include "commands/change/private_file.hpp"
#include "model/plan.hpp"

namespace queuetrace {

class BackupWriter {
 public:
  /// Makes the file with its header. Throws Error{refused} when it already exists or cannot be made.
  BackupWriter(const std::filesystem::path& path, const PlanHeader& plan, const std::string& operation);

  /// Throws Error, as sync() does, that says that nothing of the records may be lost now.
  void add(const std::vector<BackupRecord>& records);
  /// Returns when all records are on the disk.
  void sync();
  /// Marks the end of the backup.
  void finish();

  std::uint64_t records() const { return records_; }
  const std::filesystem::path& path() const { return file_.path(); }

 private:
  PrivateFile file_;
  std::uint64_t records_ = 0;
};

/// Reads a backup; what it holds may be anything.
class BackupReader {
 public:
  /// Reads the header. Throws Error{usage} when the file is not a backup.
  explicit BackupReader(const std::filesystem::path& path);

  const std::string& source() const { return source_; }  ///< name, when it was made
  const std::string& target() const { return target_; }  ///< masked URL
  const std::string& system() const { return system_; }
  const std::string& operation() const { return operation_; }

  /// The next record; absent at the end. A last line that was cut by a crash ends the reading (torn()); every other
  /// line that is not a record is an Error{usage}.
  std::optional<BackupRecord> next();
  bool torn() const { return torn_; }
  /// Whether the operation that made the backup came to its end; known at the end.
  bool finished() const { return finished_; }

 private:
  LineReader lines_;
  std::string source_, target_, system_, operation_;
  bool torn_ = false;
  bool finished_ = false;
};

}  // namespace queuetrace
