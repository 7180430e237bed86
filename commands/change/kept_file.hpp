// A file that goes with its owner unless it is worth keeping.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <utility>

namespace queuetrace {

class KeptFile {
 public:
  /// An empty path: no file.
  explicit KeptFile(std::filesystem::path path = {}) : path_(std::move(path)) {}
  ~KeptFile() {
    if (!keep_ && !path_.empty()) ::unlink(path_.c_str());
  }
  KeptFile(KeptFile&& other) noexcept : path_(std::exchange(other.path_, {})), keep_(other.keep_) {}
  KeptFile& operator=(KeptFile&&) = delete;

  void keep() { keep_ = true; }
  const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
  bool keep_ = false;
};

}  // namespace queuetrace
