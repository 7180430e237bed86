// An order that went wrong, as job rows of two systems: what drawings and trees are tested with.
#pragma once

#include <string>
#include <vector>

#include "model/trace_tree.hpp"

namespace queuetrace::testing {

/// The moment so many milliseconds after the order came in, 2026-11-21T07:10:00Z.
Timestamp incident_time(std::int64_t milliseconds);

/// A job of `shop` (hammerwork) of the incident's trace, without times.
Job incident_job(const std::string& id, const std::string& queue, const std::string& kind, JobState state);

/// The order: payment with one retry, email waiting long, inventory dead, a file job in another system, a job whose
/// parent is gone, two jobs that depend on each other, one job without times.
std::vector<Job> incident_jobs();

/// When it is looked at.
inline Timestamp incident_now() { return incident_time(60'000); }

/// A job whose every text tries to break out of its channel.
Job hostile_job();

}  // namespace queuetrace::testing
