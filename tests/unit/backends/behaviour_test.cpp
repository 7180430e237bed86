// What `system show` and the pages for operators tell of pausing.
#include <doctest/doctest.h>

#include <algorithm>

#include "backends/systems/catalogue.hpp"

using namespace queuetrace;

TEST_CASE("every system that can be changed says whether its queues can be paused") {
  for (const SystemInfo* system : built_in_catalogue().systems()) {
    CAPTURE(system->name);
    const SystemBehaviour behaviour = built_in_catalogue().behaviour(system->name);
    const bool paused =
        std::ranges::any_of(behaviour.actions, [](const SystemBehaviour::Effect& one) { return !one.action; });
    const bool refused =
        std::ranges::any_of(behaviour.refusals, [](const SystemBehaviour::Refusal& one) { return !one.action; });
    CHECK_MESSAGE((paused || refused), "neither");
    for (const SystemBehaviour::Effect& effect : behaviour.actions) CHECK(!effect.effect.empty());
  }
}
