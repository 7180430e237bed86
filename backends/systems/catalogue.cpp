#include "backends/systems/catalogue.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "backends/engines/redis/system.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace {

extern const SqlSystem capture_system;
extern const SqlSystem hammerwork;
extern const SqlSystem procrastinate;
extern const SqlSystem rustok_outbox;
extern const RedisSystem emp_job_queue;
extern const RedisSystem go_redis_work_queue;

namespace {

constexpr std::array sql_catalogue{&capture_system, &hammerwork, &procrastinate, &rustok_outbox};
constexpr std::array redis_catalogue{&emp_job_queue, &go_redis_work_queue};

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
