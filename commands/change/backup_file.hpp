// What an operation keeps, as JSON lines: jobs as they were before they were removed, for `job restore` (every job is
// on the disk before the store is touched), or what a change replaced, for `undo` (on the disk before the next chunk).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "commands/change/plan_file.hpp"
#include "commands/change/private_file.hpp"
#include "model/plan.hpp"

namespace queuetrace {

/// What the records of a file are: whole jobs, or JobAdministration::undo()'s.
enum class Kept { jobs, changes };

/// What a file is of.
struct KeptHeader {
  Kept kept = Kept::jobs;
  std::string operation;
  std::string source;  ///< name
  std::string target;  ///< URL of the source, secrets masked
  std::string system;
  std::string address;  ///< of the store
  Fields action;        ///< action_fields(), or a `kind` alone
  std::string filter;   ///< in words
  Timestamp made_at{};
};

class BackupWriter {
 public:
  /// Makes the file with its header. Throws Error{refused} when it already exists or cannot be made.
  BackupWriter(const std::filesystem::path& path, const KeptHeader& header);

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
  Kept kept_;
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
  /// Of the store; empty: of a release that did not write it down.
  const std::string& address() const { return address_; }
  const std::string& operation() const { return operation_; }
  const std::string& action() const { return action_; }  ///< `delete`, `retry`, `pause`
  const std::string& filter() const { return filter_; }
  /// Whether the records are jobs that were removed, or copies of such.
  bool is_removed() const { return kept_ == Kept::jobs; }

  /// The next record; absent at the end. A last line that was cut by a crash ends the reading (torn()); every other
  /// line that is not a record is an Error{usage}.
  std::optional<BackupRecord> next();
  bool torn() const { return torn_; }
  /// Where the next record begins, and the record that begins there.
  std::uint64_t place() const { return lines_.place(); }
  BackupRecord at(std::uint64_t place);
  /// Whether the operation that made the backup came to its end; known at the end.
  bool finished() const { return finished_; }

 private:
  LineReader lines_;

  Kept kept_ = Kept::jobs;
  std::string source_, target_, system_, address_, operation_, action_, filter_;
  bool torn_ = false;
  bool finished_ = false;
};

}  // namespace queuetrace
