// How fast jobs are changed: as asked, and never faster than the store bears.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string_view>

namespace queuetrace {

/// Jobs a second from `50`, `50/s`, `600/m` or `3600/h`. Absent when it is none or not above 0.
std::optional<double> parse_rate(std::string_view text);

/// Decides how many jobs the next chunk takes and how long to wait before it. A chunk is halved when it held the store
/// longer than a store should be held, or, down to 100 jobs, much longer a job than was usual of late: smaller chunks
/// cost more a job whatever the store has to do. It grows again while it is quick.
class Pace {
 public:
  using Duration = std::chrono::duration<double>;

  /// `largest`: jobs a chunk may have. `rate`: jobs a second, 0 for no limit.
  Pace(std::size_t largest, double rate);

  std::size_t chunk() const { return chunk_; }
  /// A chunk of `jobs` took `passed`, and `held` of that the store's locks, or the store. Returns how long to wait
  /// before the next one.
  Duration done(std::size_t jobs, Duration held, Duration passed);

 private:
  std::size_t largest_;
  double rate_;
  std::size_t chunk_;
  std::optional<double> usual_;  ///< seconds a job, of late
};

}  // namespace queuetrace
