// How many jobs waited in each queue during the last minutes, as far as somebody looked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/time.hpp"

namespace queuetrace {

class DepthHistory {
 public:
  static constexpr std::size_t minutes = 10;

  /// `waiting` jobs were in the queue `key` at that time; of several looks in a minute the last one counts.
  void add(const std::string& key, Timestamp at, std::uint64_t waiting);
  /// Of each of the minutes up to that of `now`, the earliest first; unknown where nobody looked.
  std::vector<std::optional<std::uint64_t>> of(const std::string& key, Timestamp now) const;
  /// Forgets queues that nobody saw in the minutes up to that of `now`.
  void forget_before(Timestamp now);

 private:
  std::map<std::string, std::map<std::int64_t, std::uint64_t>> waiting_;  ///< by queue, then by minute
};

}  // namespace queuetrace
