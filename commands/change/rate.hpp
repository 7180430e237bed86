// How fast jobs are changed: as asked, and never faster than the store bears.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace queuetrace {

/// Jobs a second from `50`, `50/s`, `600/m` or `3600/h`. Absent when it is none or not above 0.
std::optional<double> parse_rate(std::string_view text);

/// Decides how many jobs the next chunk takes and how long to wait before it. A chunk is halved when it took much
/// longer a job than the quickest one so far, or longer than a store should be held, and grows again while it is quick.
class Pace {
 public:
  using Duration = std::chrono::duration<double>;

  /// `largest`: jobs a chunk may have. `rate`: jobs a second, 0 for no limit.
  Pace(std::size_t largest, double rate);

  std::size_t chunk() const { return chunk_; }
  /// A chunk of `jobs` took `elapsed` of the store's time. Returns how long to wait before the next one.
  Duration done(std::size_t jobs, Duration elapsed);

 private:
  std::size_t largest_;
  double rate_;
  std::size_t chunk_;
  std::optional<double> quickest_;  ///< seconds a job
};

}  // namespace queuetrace
