#include "backends/systems/asynq/wire_reader.hpp"

namespace queuetrace::asynq {
namespace {

enum WireType : std::uint8_t { varint = 0, eight_bytes = 1, sized = 2, four_bytes = 5 };

constexpr std::uint64_t largest_field = (1u << 29) - 1;

}  // namespace

bool WireReader::take_varint(std::uint64_t& value) {
  value = 0;
  for (unsigned shift = 0; shift < 70; shift += 7) {
    if (left_.empty()) return false;
    const auto byte = static_cast<unsigned char>(left_.front());
    left_.remove_prefix(1);
    if (shift == 63 && byte > 1) return false;
    value |= static_cast<std::uint64_t>(byte & 0x7f) << shift;
    if (byte < 0x80) return true;
  }
  return false;
}

bool WireReader::take_bytes(std::uint64_t size) {
  if (size > left_.size()) return false;
  bytes_ = left_.substr(0, size);
  left_.remove_prefix(size);
  return true;
}

bool WireReader::take_field() {
  std::uint64_t tag = 0, value = 0;
  if (!take_varint(tag) || (tag >> 3) == 0 || (tag >> 3) > largest_field) return false;
  field_ = static_cast<std::uint32_t>(tag >> 3);
  switch (tag & 7) {
    case varint:
      if (!take_varint(value)) return false;
      number_ = static_cast<std::int64_t>(value);
      return true;
    case sized: return take_varint(value) && take_bytes(value);
    case eight_bytes:
    case four_bytes: {
      const bool taken = take_bytes((tag & 7) == eight_bytes ? 8 : 4);
      bytes_ = {};
      return taken;
    }
    default: return false;  // groups, which proto3 has not
  }
}

bool WireReader::next() {
  number_ = 0;
  bytes_ = {};
  if (!intact_ || left_.empty()) return false;
  intact_ = take_field();
  return intact_;
}

}  // namespace queuetrace::asynq
