// Writes captures: portable SQLite files that hold jobs of any system and are read back as a source (`sqlite:FILE`).
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/job.hpp"

namespace queuetrace {

/// How one source of a capture fared, kept in the file.
struct CapturedSource {
  std::string address;  ///< source, or source/system
  std::string system;   ///< empty when unknown
  std::uint64_t jobs = 0;
  std::optional<std::string> truncated;  ///< why its jobs are not all there
  std::optional<std::string> error;
};

/// What a capture tells about itself.
struct CaptureFacts {
  std::string program;   ///< `queuetrace 0.1.0`
  Timestamp created_at;  ///< when the capture was begun
  std::string filter;    ///< what was asked for, in words; empty: everything
  std::vector<CapturedSource> sources;
};

/// Streams jobs into a new capture file, mode 0600, in transactions of a bounded size. The file appears under its name
/// only when finish() has succeeded. Throws Error{refused} when the file exists and `replace` is false, or is a
/// symbolic link or no regular file; Error{not_found} when its folder is missing; Error{authentication} without
/// permission to write there; Error{internal} when it cannot be written.
class CaptureWriter {
 public:
  explicit CaptureWriter(std::filesystem::path file, bool replace = false);
  ~CaptureWriter();  ///< without finish(): nothing is left behind

  /// The job's own source and system are kept beside it; a job that was read from a capture keeps the source it was
  /// first captured from. `peek_position`: its place among the jobs its workers would have taken next, where known.
  void add(const Job& job, std::optional<std::int64_t> peek_position = std::nullopt);
  /// Builds the summaries and indexes, syncs and renames into place. Returns the number of jobs written.
  std::uint64_t finish(const CaptureFacts& facts = {});
  /// Size of the file, once finished.
  std::uint64_t bytes() const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace queuetrace
