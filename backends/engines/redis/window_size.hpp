// How many elements of a container one command may ask for, so that no answer is larger than a few megabytes, whatever
// the elements are: Redis cannot be asked for a number of bytes.
#pragma once

#include <cstdint>

namespace queuetrace {

/// The most elements one command may ask for: keeps any single command well under a millisecond.
inline constexpr std::uint64_t largest_window = 1000;

/// Bytes of one answer that are aimed at. Up to four may be under way.
inline constexpr std::uint64_t window_bytes = 4u << 20;

/// Begins with one element where elements may be large, and goes on by what was seen and by what must still be there:
/// the memory of the whole container less what was read. So large elements behind many small ones are met with a small
/// window.
class WindowSize {
 public:
  /// `length`: elements of the container; `memory`: bytes it takes in the server (MEMORY USAGE); 0: not known.
  WindowSize(std::uint64_t length, std::uint64_t memory) : length_(length), memory_(memory) {}

  /// Elements that the next request may ask for, at least 1.
  std::uint64_t most() const;
  /// Whether another request may be sent while `requested` are under way.
  bool may_go_ahead(std::size_t requested) const;
  /// What came of a request; `repeated` of the elements were in the answer before as well.
  void see(std::uint64_t elements, std::uint64_t bytes, std::uint64_t repeated = 0);

 private:
  bool is_small() const { return memory_ > 0 && memory_ <= window_bytes; }
  std::uint64_t length_;
  std::uint64_t memory_;
  std::uint64_t read_ = 0, read_bytes_ = 0;  ///< in all
  std::uint64_t last_ = 0;                   ///< elements of the last answer
  std::uint64_t mean_ = 0;                   ///< bytes of one element of the last answer
};

}  // namespace queuetrace
