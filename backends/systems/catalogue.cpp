#include "backends/systems/catalogue.hpp"

#include <algorithm>
#include <vector>

#include "backends/systems/asynq/system.hpp"
#include "backends/systems/bullmq/system.hpp"
#include "backends/systems/bullmq_postgresql/system.hpp"
#include "backends/systems/captures/system.hpp"
#include "backends/systems/celery/system.hpp"
#include "backends/systems/described.hpp"
#include "backends/systems/emp_job_queue/system.hpp"
#include "backends/systems/foreign.hpp"
#include "backends/systems/go_redis_work_queue/system.hpp"
#include "backends/systems/good_job/system.hpp"
#include "backends/systems/graphile_worker/system.hpp"
#include "backends/systems/hammerwork/system.hpp"
#include "backends/systems/oban/system.hpp"
#include "backends/systems/pg_boss/system.hpp"
#include "backends/systems/pgmq/system.hpp"
#include "backends/systems/procrastinate/system.hpp"
#include "backends/systems/resque/system.hpp"
#include "backends/systems/river/system.hpp"
#include "backends/systems/rq/system.hpp"
#include "backends/systems/rustok_outbox/system.hpp"
#include "backends/systems/sidekiq/system.hpp"
#include "backends/systems/solid_queue/system.hpp"

namespace queuetrace {
const Catalogue& built_in_catalogue() {
  static const Catalogue catalogue{
      {&bullmq_postgresql::system, &captures::system, &good_job::system, &graphile_worker::system,
       &graphile_worker::numbered_early_system, &graphile_worker::early_system, &hammerwork::system, &oban::system,
       &oban::sqlite_system, &pg_boss::system, &pg_boss::early_system, &pgmq::system, &procrastinate::system,
       &river::system, &river::sqlite_system, &rustok_outbox::system, &solid_queue::system,
       &solid_queue::sqlite_system},
      {&asynq::system, &bullmq::system, &celery::system, &celery::results_system, &emp_job_queue::system,
       &go_redis_work_queue::system, &resque::system, &rq::system, &sidekiq::system},
      foreign_redis_systems()};
  return catalogue;
}

std::vector<const SystemInfo*> Catalogue::systems() const {
  std::vector<const SystemInfo*> systems;
  for (const SqlSystem* system : sql) systems.push_back(&system->info);
  for (const RedisSystem* system : redis) systems.push_back(&system->info);
  for (const auto& system : described) systems.push_back(&system->info);
  std::ranges::stable_sort(systems, {}, &SystemInfo::name);
  const auto same = [](const SystemInfo* one, const SystemInfo* other) { return one->name == other->name; };
  systems.erase(std::unique(systems.begin(), systems.end(), same), systems.end());
  return systems;
}

const SystemInfo* Catalogue::find(std::string_view name) const {
  for (const SystemInfo* system : systems())
    if (system->name == name) return system;
  return nullptr;
}

std::vector<StorageFamily> Catalogue::families(std::string_view name) const {
  std::vector<StorageFamily> families;
  const auto add = [&](std::string_view system, StorageFamily family) {
    if (system == name && std::ranges::find(families, family) == families.end()) families.push_back(family);
  };
  for (const SqlSystem* system : sql) add(system->info.name, system->info.family);
  for (const RedisSystem* system : redis) add(system->info.name, system->info.family);
  for (const auto& system : described)
    for (const StorageFamily family : system->description.families) add(system->info.name, family);
  return families;
}

std::span<const SqlSystem* const> sql_systems() { return built_in_catalogue().sql; }

std::span<const SystemInfo* const> all_systems() {
  static const std::vector<const SystemInfo*> systems = built_in_catalogue().systems();
  return systems;
}

const SystemInfo* find_system(std::string_view name) { return built_in_catalogue().find(name); }

}  // namespace queuetrace
