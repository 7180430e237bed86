// How long something lasts, as its beginning tells.
#pragma once

#include <string>

#include "model/time.hpp"

namespace queuetrace {

/// How long something lasts that began at `since`, as to_age() says it; where the clock that wrote it is ahead of `now`
/// by more than clocks differ (model/plausible_time.hpp) the time itself: `since 2026-01-02T05:00:00Z (clocks differ)`.
/// Empty for a time that cannot be true.
std::string lasting_since(Timestamp since, Timestamp now);

}  // namespace queuetrace
