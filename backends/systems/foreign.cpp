#include "backends/systems/foreign.hpp"

#include <array>

namespace queuetrace {
namespace {

constexpr SqlFlavour sqlite = SqlFlavour::sqlite;

/// docs/systems/not-read.md section 1.
constexpr std::array table_signs{
    SqlTableSign{.title = "Que", .needs = "que_jobs.job_class que_jobs.run_at"},
    SqlTableSign{.title = "Queue Classic", .needs = "queue_classic_jobs.q_name queue_classic_jobs.method"},
    SqlTableSign{.title = "GoodJob before 3.99", .needs = "good_jobs.active_job_id good_jobs.serialized_params"},
    SqlTableSign{.title = "Delayed Job", .needs = "delayed_jobs.handler delayed_jobs.run_at delayed_jobs.locked_by"},
    SqlTableSign{.title = "Delayed Job",
                 .flavour = sqlite,
                 .needs = "delayed_jobs.handler delayed_jobs.run_at delayed_jobs.locked_by"},
    SqlTableSign{.title = "Laravel's database queue",
                 .needs = "jobs.payload jobs.reserved_at jobs.available_at jobs.attempts"},
    SqlTableSign{.title = "Laravel's database queue",
                 .flavour = sqlite,
                 .needs = "jobs.payload jobs.reserved_at jobs.available_at jobs.attempts"},
    SqlTableSign{.title = "Symfony Messenger",
                 .needs = "messenger_messages.body messenger_messages.queue_name messenger_messages.delivered_at"},
    SqlTableSign{.title = "Symfony Messenger",
                 .flavour = sqlite,
                 .needs = "messenger_messages.body messenger_messages.queue_name messenger_messages.delivered_at"},
    SqlTableSign{.title = "Django's task backend",
                 .needs = "django_tasks_database_dbtaskresult.task_path "
                          "django_tasks_database_dbtaskresult.args_kwargs"},
    SqlTableSign{.title = "Django's task backend",
                 .flavour = sqlite,
                 .needs = "django_tasks_database_dbtaskresult.task_path "
                          "django_tasks_database_dbtaskresult.args_kwargs"},
    SqlTableSign{.title = "Spring Modulith's event publications",
                 .needs = "event_publication.listener_id event_publication.serialized_event"},
};

}  // namespace

std::span<const SqlTableSign> foreign_table_signs() { return table_signs; }

std::span<const ForeignRedisSystem> foreign_redis_systems() {
  static constexpr std::array systems{
      ForeignRedisSystem{"Bee-Queue", {"bq:*:jobs", "bq:*:waiting", "bq:*:id"}},
      ForeignRedisSystem{"Kue", {"q:jobs", "q:job:types", "q:job:*"}},
      ForeignRedisSystem{"Dramatiq", {"dramatiq:*.msgs", "dramatiq:__acks__*", "dramatiq:__heartbeats__"}},
      ForeignRedisSystem{"Huey", {"huey.redis.*", "huey.schedule.*", "huey.results.*"}},
      ForeignRedisSystem{"arq", {"arq:queue", "arq:job:*", "arq:result:*"}},
      ForeignRedisSystem{"Laravel queues", {"*queues:*:notify", "*queues:*:reserved", "*horizon:masters"}},
      ForeignRedisSystem{"Hangfire", {"{hangfire}:*", "hangfire:queues", "hangfire:servers"}},
      ForeignRedisSystem{"gocraft/work", {"*:known_jobs", "*:worker_pools", "*:jobs:*:inprogress"}}};
  return systems;
}

}  // namespace queuetrace
