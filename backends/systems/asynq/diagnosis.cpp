// What `doctor` looks for in Asynq (docs/systems/asynq.md sections 2, 4 and 9).
#include <algorithm>
#include <set>

#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/keyspace.hpp"
#include "backends/engines/redis/orphaned_records.hpp"
#include "backends/engines/redis/queue_search.hpp"
#include "backends/systems/asynq/parts.hpp"
#include "backends/systems/asynq/system.hpp"

namespace queuetrace::asynq {
namespace {

using Severity = Finding::Severity;

/// Archived tasks of a queue that the library keeps.
constexpr std::int64_t most_archived = 10'000;
/// Keys of groups looked at.
constexpr std::size_t most_group_keys = 1'000;
/// Sets of one queue whose time is over.
constexpr std::string_view most_sets = "100";

template <const auto& code>
bool noted(const Job& job, const Deployment&) {
  return has_note(job, code);
}
constexpr char expired[] = "lease-expired", unleased[] = "no-lease", overdue[] = "overdue", missing[] = "no-record",
               undecodable[] = "undecodable", wrong_state[] = "wrong-state";

bool is_archived(const Job& job, const Deployment&) { return job.state == JobState::dead; }

/// Tasks that wait, by queue: now, for their time, or for the next attempt.
std::vector<std::pair<std::string, std::uint64_t>> waiting_tasks(RedisConnection& connection,
                                                                 const std::vector<std::string>& queues) {
  std::vector<RedisCommand> commands;
  for (const std::string& queue : queues) {
    commands.push_back({"LLEN", queue_key(queue, "pending")});
    commands.push_back({"ZCARD", queue_key(queue, "scheduled")});
    commands.push_back({"ZCARD", queue_key(queue, "retry")});
  }
  const std::vector<Reply> lengths = commands.empty() ? std::vector<Reply>() : connection.pipeline(commands);
  std::vector<std::pair<std::string, std::uint64_t>> waiting;
  for (std::size_t i = 0; i < queues.size(); ++i) {
    std::uint64_t tasks = 0;
    for (std::size_t part = 0; part < 3; ++part) tasks += static_cast<std::uint64_t>(lengths[3 * i + part].integer());
    if (tasks > 0) waiting.emplace_back(queues[i], tasks);
  }
  return waiting;
}

void look_at_servers(RedisConnection& connection, const std::vector<std::string>& queues, DiagnosisReport& report) {
  const auto waiting = waiting_tasks(connection, queues);
  if (waiting.empty()) return;
  const Servers servers = read_servers(connection);
  if (servers.alive == 0) {
    report.add_fact("no-live-servers");
  } else if (!servers.any_takes && servers.complete) {
    report.add_fact("stopped-servers");
  } else {
    for (const auto& [queue, tasks] : waiting)
      if (!servers.take_from(queue)) report.add_name("queue-without-server", Untrusted(queue), tasks);
  }
}

/// Sets of tasks whose server did not finish in time, and groups that no server looks for.
void look_at_groups(RedisConnection& connection, const std::vector<std::string>& queues, const ReadLimits& limits,
                    DiagnosisReport& report) {
  if (queues.empty()) return;
  const RedisCommand clock{"TIME"};
  const Timestamp now = time_in(connection.pipeline({&clock, 1}).front());
  std::vector<RedisCommand> commands;
  for (const std::string& queue : queues)
    commands.push_back({"ZRANGEBYSCORE", queue_key(queue, "aggregation_sets"), "-inf",
                        std::to_string(unix_milliseconds(now) / 1000 - 60), "LIMIT", "0", std::string(most_sets)});
  for (const Reply& sets : connection.pipeline(commands))
    for (std::size_t i = 0; i < sets.size(); ++i)
      report.add_name("stale-aggregation", Untrusted(std::string(sets[i].text())), 1);

  const FoundKeys keys = scan_keys(connection, "asynq:{*}:g:*", most_group_keys, limits);
  std::vector<std::pair<std::string, std::string>> groups;  // key, queue
  commands.clear();
  for (const std::string& key : keys.keys)
    for (const std::string& queue : queues)
      if (const std::string_view group = group_of(key, queue); !group.empty()) {
        groups.emplace_back(key, queue);
        commands.push_back({"SISMEMBER", queue_key(queue, "groups"), std::string(group)});
        commands.push_back({"ZSCORE", queue_key(queue, "aggregation_sets"), key});
        commands.push_back({"ZCARD", key});
      }
  const std::vector<Reply> replies = commands.empty() ? std::vector<Reply>() : connection.pipeline(commands);
  for (std::size_t i = 0; i < groups.size(); ++i)
    if (replies[3 * i].integer() == 0 && replies[3 * i + 1].is(Reply::Type::nil) && replies[3 * i + 2].integer() > 0)
      report.add_name("stranded-group", Untrusted(groups[i].first),
                      static_cast<std::uint64_t>(replies[3 * i + 2].integer()));
  if (!keys.complete) report.not_answered("stranded-group");
}

}  // namespace

constexpr std::array<RedisDiagnosisRule, 13> diagnoses{
    RedisDiagnosisRule{.code = "no-live-servers",
                       .severity = Severity::problem,
                       .subject = "servers",
                       .text = "tasks wait and no server is alive: nothing is taken, and nothing that is due is moved "
                               "to its queue",
                       .remedy = "start a server; those that are alive: asynq server ls"},
    RedisDiagnosisRule{.code = "stopped-servers",
                       .severity = Severity::problem,
                       .subject = "servers",
                       .text = "tasks wait and every server was told to take no more (TSTP)",
                       .remedy = "restart the servers: a stopped server does not begin again"},
    RedisDiagnosisRule{.code = "queue-without-server",
                       .severity = Severity::problem,
                       .subject = "queues",
                       .text = "tasks wait in queues that no live server takes from",
                       .remedy = "name the queue in the Queues of a server's configuration"},
    RedisDiagnosisRule{.code = "expired-lease",
                       .severity = Severity::problem,
                       .subject = "running tasks",
                       .text = "the server of these tasks let their lease run out: it was killed or is out of touch; a "
                               "live server that takes from the queue puts them back within a minute",
                       .remedy = "start a server of the queue; what the task was doing: queuetrace job show -s "
                                 "<source> <ids>",
                       .concerns = noted<expired>,
                       .passing = true},
    RedisDiagnosisRule{.code = "task-without-lease",
                       .severity = Severity::problem,
                       .subject = "running tasks",
                       .text = "tasks are in work without a lease: no server has them, and none ever puts them back",
                       .remedy = "queuetrace job show -s <source> <ids>, and enqueue what must be done again",
                       .concerns = noted<unleased>,
                       .passing = true},
    RedisDiagnosisRule{.code = "overdue-task",
                       .severity = Severity::problem,
                       .subject = "scheduled tasks",
                       .text = "tasks are due for more than a minute and are still not in their queue: no server that "
                               "takes from the queue is alive, or it cannot keep up",
                       .remedy = "queuetrace job retry -s <source> <ids>",
                       .concerns = noted<overdue>,
                       .passing = true},
    RedisDiagnosisRule{.code = "missing-record",
                       .severity = Severity::problem,
                       .subject = "tasks",
                       .text = "ids stand in a queue and their tasks are gone: evicted, or removed by hand; a server "
                               "that takes one fails over it",
                       .remedy = "queuetrace job show -s <source> <ids>",
                       .concerns = noted<missing>,
                       .passing = true},
    RedisDiagnosisRule{.code = orphaned_record,
                       .subject = "records",
                       .text = "tasks stand in no list or set of their queue: no server takes them, and the Inspector "
                               "shows none of them",
                       .remedy = "redis-cli HGETALL <name>; enqueue the task again in the application, or delete the "
                                 "key"},
    RedisDiagnosisRule{.code = "undecodable-task",
                       .severity = Severity::problem,
                       .subject = "tasks",
                       .text = "messages that are not tasks of Asynq 0.18 or later: a server that takes one fails over "
                               "it",
                       .remedy = "queuetrace job show --raw -s <source> <ids>",
                       .concerns = noted<undecodable>},
    RedisDiagnosisRule{.code = "wrong-state",
                       .subject = "tasks",
                       .text = "tasks say another state than the place where their id stands: the library's tools "
                               "refuse to change or delete them",
                       .remedy = "queuetrace job show -s <source> <ids>",
                       .concerns = noted<wrong_state>,
                       .passing = true},
    RedisDiagnosisRule{.code = "stale-aggregation",
                       .subject = "groups",
                       .text = "a server took tasks out of their group and did not make one task of them in time: a "
                               "live server that takes from the queue puts them back",
                       .remedy = "start a server of the queue with a GroupAggregator"},
    RedisDiagnosisRule{.code = "stranded-group",
                       .severity = Severity::problem,
                       .subject = "groups",
                       .text = "groups with tasks that the set of groups does not name, as after the death of a server "
                               "that was aggregating them: no server looks at them, and they are not listed",
                       .remedy = "redis-cli SADD 'asynq:{QUEUE}:groups' GROUP, as in <name>; or add a task to the "
                                 "group"},
    RedisDiagnosisRule{.code = "archived-tasks",
                       .severity = Severity::note,
                       .subject = "archived tasks",
                       .text =
                           "tasks were archived, after their last attempt or by hand, and wait for an operator; they "
                           "are dropped after 90 days, or when a queue has 10,000 of them",
                       .remedy = "queuetrace job retry -s <source> --state dead",
                       .concerns = is_archived}};

void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits,
          DiagnosisReport& report) {
  const FoundNames queues = find_queues(connection, system, deployment, limits);
  look_at_servers(connection, queues.names, report);
  look_at_groups(connection, queues.names, limits, report);
  std::vector<RedisCommand> commands;
  for (const std::string& queue : queues.names) commands.push_back({"ZCARD", queue_key(queue, "archived")});
  if (commands.empty()) return;
  const std::vector<Reply> archived = connection.pipeline(commands);
  if (std::ranges::any_of(archived, [](const Reply& reply) { return reply.integer() >= most_archived; }))
    report.explain("archived-tasks", "a queue has as many as are kept: each new one drops the oldest");
}

}  // namespace queuetrace::asynq
