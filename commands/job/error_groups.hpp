// Groups jobs by the signature of their errors while they stream by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include "formatters/error_group_record.hpp"
#include "model/job.hpp"
#include "model/time.hpp"

namespace queuetrace {

/// The time that trends are about: from `since` on, before `until`. An empty one: none are counted.
struct TrendWindow {
  Timestamp since{}, until{};
};

class ErrorGroups {
 public:
  explicit ErrorGroups(const TrendWindow& window = {}) : window_(window) {}

  /// Groups kept; jobs whose message would make one more are only counted.
  static constexpr std::size_t most_groups = 1'000;

  void add(Job&& job);

  struct Group {
    ErrorGroup facts;
    std::optional<Timestamp> sample_seen;
    Job sample;  ///< without payload: for its links
  };
  /// Most jobs first, then the one seen last, then by name; shares filled in. Ends the counting.
  std::vector<Group> take();

  std::uint64_t jobs() const { return jobs_; }                    ///< jobs with an error
  std::uint64_t other_jobs() const { return other_jobs_; }        ///< of them, in no group that is kept
  std::uint64_t without_error() const { return without_error_; }  ///< further jobs, with no message recorded

 private:
  TrendWindow window_;
  std::unordered_map<Untrusted, Group> groups_;  ///< by signature
  std::uint64_t jobs_ = 0, other_jobs_ = 0, without_error_ = 0;
};

}  // namespace queuetrace
