// Output gathered in one reused buffer and written to the stream in blocks, and at the latest with the first row half a
// second after the block before.
#pragma once

#include <chrono>
#include <ostream>
#include <string>

namespace queuetrace {

class BlockWriter {
 public:
  explicit BlockWriter(std::ostream& out) : out_(out) { buffer_.reserve(2 * block); }
  BlockWriter(const BlockWriter&) = delete;
  BlockWriter& operator=(const BlockWriter&) = delete;
  /// What was gathered before an error is still shown.
  ~BlockWriter() {
    try {
      flush();
    } catch (...) {  // a stream set to throw has failed already and said so
    }
  }

  std::string& buffer() { return buffer_; }

  /// Call after each row.
  void row_done() {
    const bool waited = std::chrono::steady_clock::now() - flushed_ >= longest_wait;
    if (buffer_.size() >= block || waited) flush();
  }

  void flush() {
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
    out_.flush();
    flushed_ = std::chrono::steady_clock::now();
  }

 private:
  static constexpr std::size_t block = 64 * 1024;
  static constexpr std::chrono::milliseconds longest_wait{500};
  std::ostream& out_;
  std::string buffer_;
  std::chrono::steady_clock::time_point flushed_ = std::chrono::steady_clock::now();
};

}  // namespace queuetrace
