#include "backends/systems/catalogue.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "backends/systems/captures/system.hpp"
#include "backends/systems/emp_job_queue/system.hpp"
#include "backends/systems/go_redis_work_queue/system.hpp"
#include "backends/systems/hammerwork/system.hpp"
#include "backends/systems/procrastinate/system.hpp"
#include "backends/systems/rustok_outbox/system.hpp"

namespace queuetrace {
namespace {

constexpr std::array sql_catalogue{&captures::system, &hammerwork::system, &procrastinate::system,
                                   &rustok_outbox::system};
constexpr std::array redis_catalogue{&emp_job_queue::system, &go_redis_work_queue::system};

std::vector<const SystemInfo*> every_system() {
  std::vector<const SystemInfo*> systems;
  for (const SqlSystem* system : sql_catalogue) systems.push_back(&system->info);
  for (const RedisSystem* system : redis_catalogue) systems.push_back(&system->info);
  std::sort(systems.begin(), systems.end(),
            [](const SystemInfo* left, const SystemInfo* right) { return left->name < right->name; });
  return systems;
}

}  // namespace

std::span<const SqlSystem* const> sql_systems() { return sql_catalogue; }
std::span<const RedisSystem* const> redis_systems() { return redis_catalogue; }

std::span<const SystemInfo* const> all_systems() {
  static const std::vector<const SystemInfo*> systems = every_system();
  return systems;
}

const SystemInfo* find_system(std::string_view name) {
  for (const SystemInfo* system : all_systems())
    if (system->name == name) return system;
  return nullptr;
}

}  // namespace queuetrace
