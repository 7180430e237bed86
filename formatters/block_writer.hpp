// Output gathered in one reused buffer and written to the stream in blocks.
#pragma once

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
    if (buffer_.size() >= block) flush();
  }

  void flush() {
    out_.write(buffer_.data(), static_cast<std::streamsize>(buffer_.size()));
    buffer_.clear();
    out_.flush();
  }

 private:
  static constexpr std::size_t block = 64 * 1024;
  std::ostream& out_;
  std::string buffer_;
};

}  // namespace queuetrace
