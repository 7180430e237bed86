// An SQLite file made of SQL, gone with its folder when the object is.
#pragma once

#include <filesystem>
#include <string>

#include "model/source.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {

class SqliteFile {
 public:
  /// Throws with SQLite's message when a statement fails.
  explicit SqliteFile(const std::string& statements = "");

  const std::filesystem::path& path() const { return path_; }
  void run(const std::string& statements) const;
  /// Named `test`.
  Source source() const;

 private:
  testing::TemporaryFolder folder_;
  std::filesystem::path path_;
};

}  // namespace queuetrace::test
