#include "backends/engines/redis/window_size.hpp"

#include <algorithm>

namespace queuetrace {
namespace {

/// The first look at elements of which nothing is known, and at those of a container that is large in all.
constexpr std::uint64_t first_unknown = 16;
constexpr std::uint64_t first_large = 1;

/// What an element takes in the server beside its bytes, at most.
constexpr std::uint64_t overhead = 128;

/// Where elements much larger than those seen must lie somewhere.
constexpr std::uint64_t careful = 8;

/// Bytes that the elements seen leave unexplained before anybody is careful.
constexpr std::uint64_t unexplained = 16u << 20;

}  // namespace

std::uint64_t WindowSize::most() const {
  if (is_small()) return largest_window;
  if (last_ == 0) {
    if (memory_ == 0) return first_unknown;
    const std::uint64_t mean = memory_ / std::max<std::uint64_t>(1, length_);
    return mean > window_bytes / largest_window ? first_large : std::uint64_t{first_unknown};
  }
  std::uint64_t size = std::min(largest_window, std::max<std::uint64_t>(1, last_) * 4);
  size = std::min(size, window_bytes / std::max<std::uint64_t>(1, mean_));
  if (memory_ > 0 && length_ > read_) {
    const std::uint64_t left = length_ - read_;
    const std::uint64_t bytes = memory_ - std::min(memory_, read_bytes_);
    size = std::min(size, window_bytes / std::max<std::uint64_t>(1, bytes / left));
    const std::uint64_t expected = left * (mean_ + mean_ / 2 + overhead);
    if (bytes > expected + unexplained) size = std::min(size, careful);
  }
  return std::max<std::uint64_t>(1, size);
}

bool WindowSize::may_go_ahead(std::size_t requested) const {
  if (requested == 0 || is_small()) return true;
  return last_ > 0 && most() > careful;
}

void WindowSize::see(std::uint64_t elements, std::uint64_t bytes, std::uint64_t repeated) {
  if (elements == 0) return;
  last_ = elements;
  mean_ = bytes / elements;
  repeated = std::min(repeated, elements);
  read_ += elements - repeated;
  read_bytes_ += bytes - std::min(bytes, repeated * mean_);
}

}  // namespace queuetrace
