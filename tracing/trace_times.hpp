// When a job was held, waited and ran, as far as its row shows.
#pragma once

#include <optional>
#include <vector>

#include "model/trace_tree.hpp"

namespace queuetrace {

/// What the jobs that a job depends on mean for its own times.
struct Dependencies {
  bool open = false;                  ///< at least one has not finished, or is not known to have
  std::optional<Timestamp> released;  ///< when the last of them finished; absent when open or without any
};

/// The parts of a job's life in time order. Nothing is invented: a part with one unknown side is a moment of kind
/// unknown; earlier attempts, of which no store keeps the times, are unknown. Times outside the years 1 to 9999 count
/// as unknown. `now`: the end of everything that is still going on.
std::vector<TraceSegment> job_segments(const Job& job, Timestamp now, const Dependencies& dependencies);

/// The time if it can be drawn: present, and within the years 1 to 9999.
std::optional<Timestamp> usable(const std::optional<Timestamp>& time);

}  // namespace queuetrace
