// Which ids were handed out, in flat memory: a fingerprint of 8 bytes each in a file without a name that goes with the
// process; in memory where no such file can be made.
#pragma once

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace queuetrace {

class SeenIds {
 public:
  /// Throws Error{internal} when the disk is full.
  void add(std::string_view id);
  /// The ids of `candidates` that were not added. One look through the file, whatever their number; one id in 10^12 or
  /// fewer is taken for another.
  std::vector<std::string> not_seen(std::vector<std::string> candidates);

 private:
  static constexpr std::size_t block = 1 << 16;

  void flush();

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, Close> file_;  ///< none until there are more than fit into the buffer
  std::vector<std::uint64_t> buffer_;
  std::size_t next_flush_ = block;
};

}  // namespace queuetrace
