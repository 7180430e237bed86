#include "backends/systems/outcomes.hpp"

#include "backends/systems/celery/system.hpp"

namespace queuetrace {

std::span<const RedisOutcomes> redis_outcomes() { return {&celery::outcomes, 1}; }

}  // namespace queuetrace
