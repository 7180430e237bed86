// Bytes from a server to replies (RESP2), with bounds on what a server may make us keep.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/drivers/redis/reply.hpp"

namespace queuetrace {

/// What one reply may hold. A string may be longer than what is kept of it: the rest is read and dropped, and
/// Reply::View::cut_from() says so. Anything else beyond the limits fails before it is allocated.
struct ReplyLimits {
  std::uint64_t kept_of_string = 16ull << 20;   ///< bytes of one string
  std::uint64_t kept = 24ull << 20;             ///< bytes of all strings of a reply
  std::uint64_t longest_string = 512ull << 20;  ///< a server that announces more is none (proto-max-bulk-len)
  std::uint64_t elements = 1ull << 18;          ///< of all arrays of a reply
  unsigned depth = 32;                          ///< arrays in arrays
};

/// After a failure the stream is out of step: the connection must be closed.
class ReplyReader {
 public:
  explicit ReplyReader(ReplyLimits limits = {}) : limits_(limits) {}

  /// Takes bytes as they came. Those of a long string are not kept twice.
  void feed(std::string_view bytes);

  /// The next whole reply; absent until more bytes are fed. Throws Error{unreachable} (protocol error).
  std::optional<Reply> next();

 private:
  /// An array whose elements are being read.
  struct Open {
    std::size_t next = 0;  ///< node of the next element
    std::size_t left = 0;
  };
  bool read_line(std::string_view& line);
  void begin_value(std::string_view line);
  void begin_string(std::string_view length);
  void begin_array(std::string_view count);
  void add_text(Reply::Type type, std::string_view text);
  /// Takes what has come of the string; false: it is not whole yet.
  bool read_string();
  std::size_t node() const { return open_.empty() ? 0 : open_.back().next; }
  void end_value();
  std::uint64_t room() const;

  ReplyLimits limits_;
  std::string buffer_;
  std::size_t at_ = 0;  ///< what of the buffer was read
  Reply reply_;
  std::vector<Open> open_;
  bool in_string_ = false;
  std::uint64_t string_left_ = 0;  ///< bytes of it still to come
  std::uint64_t keep_left_ = 0;    ///< bytes of it still to be kept
  bool whole_ = false;
};

}  // namespace queuetrace
