// Writes captures: portable SQLite files that hold jobs of any system and are read back as a source (`sqlite:FILE`).
#pragma once

#include <filesystem>
#include <memory>
#include <string>

#include "model/job.hpp"

namespace queuetrace {

/// Streams jobs into a new capture file, mode 0600, in transactions of a bounded size. The file appears under its name
/// only when finish() has succeeded. Throws Error{refused} when the file exists and `replace` is false, Error{internal}
/// when it cannot be written.
class CaptureWriter {
 public:
  explicit CaptureWriter(std::filesystem::path file, bool replace = false);
  ~CaptureWriter();  ///< without finish(): nothing is left behind

  /// `captured_from` and the job's own system are kept beside it.
  void add(const Job& job);
  /// Builds the indexes (trace, correlation, id), syncs and renames into place. Returns the number of jobs written.
  std::uint64_t finish();

 private:
  struct Implementation;
  std::unique_ptr<Implementation> implementation_;
};

}  // namespace queuetrace
