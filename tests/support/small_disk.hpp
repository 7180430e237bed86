// A disk that is really full: a small file system in memory, mounted where nobody but the test sees it.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <filesystem>

#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {

/// 256 KiB in a mount namespace of its own; every process of this user reaches it through path(). Gone with the object.
class SmallDisk {
 public:
  /// Throws std::runtime_error where this user may mount nothing, as in most containers.
  SmallDisk();
  ~SmallDisk();
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  const std::filesystem::path& path() const { return path_; }
  /// Takes everything away.
  void clear();
  /// Something else fills it, so that this many blocks of 4 KiB are left.
  void leave(std::size_t blocks);
  /// What filled it goes.
  void make_room();

 private:
  testing::TemporaryFolder mount_point_;
  std::filesystem::path path_;
  pid_t holder_ = -1;  ///< a process that lives in the namespace
  int end_ = -1;       ///< it ends when this is closed
};

}  // namespace queuetrace::test
