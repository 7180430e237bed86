#include "backends/offered_actions.hpp"

#include <algorithm>

#include "backends/engines/redis/system.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/systems/catalogue.hpp"

namespace queuetrace {
namespace {

std::span<const SqlActionRule> system_actions(const SqlSystem& system) { return system.actions; }
std::span<const RedisActionRule> system_actions(const RedisSystem& system) { return system.change.actions; }

template <typename Systems>
bool any_offers(const Systems& systems, const SystemInfo& info, ActionKind action) {
  return std::ranges::any_of(systems, [&](const auto* system) {
    return &system->info == &info &&
           std::ranges::any_of(system_actions(*system), [&](const auto& rule) { return rule.action == action; });
  });
}

}  // namespace

bool offers(const SystemInfo& system, ActionKind action) {
  const Catalogue& catalogue = built_in_catalogue();
  return any_offers(catalogue.sql, system, action) || any_offers(catalogue.redis, system, action);
}

}  // namespace queuetrace
