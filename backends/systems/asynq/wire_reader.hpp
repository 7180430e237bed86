// Reads the wire format of Protocol Buffers field by field (docs/systems/asynq.md section 2.2).
#pragma once

#include <cstdint>
#include <string_view>

namespace queuetrace::asynq {

/// One pass over the fields of a message, each a view into its bytes. Nested messages are bytes for a reader of their
/// own, so nothing recurses; the cost is linear in the number of fields, and nothing is allocated.
class WireReader {
 public:
  explicit WireReader(std::string_view message) : left_(message) {}

  /// Whether there is a further field. False at the end, and for ever where the bytes are not a message.
  bool next();
  /// Whether all bytes so far were fields of a message.
  bool intact() const { return intact_; }

  std::uint32_t field() const { return field_; }  ///< its number, from 1
  /// Of a varint, as int32 and int64 are written; 0 for fields of other types.
  std::int64_t number() const { return number_; }
  /// Of strings, bytes and nested messages; empty for fields of other types.
  std::string_view bytes() const { return bytes_; }

 private:
  bool take_varint(std::uint64_t& value);
  bool take_bytes(std::uint64_t size);
  bool take_field();

  std::string_view left_;
  std::string_view bytes_;
  std::int64_t number_ = 0;
  std::uint32_t field_ = 0;
  bool intact_ = true;
};

}  // namespace queuetrace::asynq
