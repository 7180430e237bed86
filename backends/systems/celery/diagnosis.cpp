// What `doctor` looks for among messages of Celery (docs/systems/celery.md sections 4 and 9).
#include <algorithm>
#include <set>

#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/list_ends.hpp"
#include "backends/engines/redis/queue_search.hpp"
#include "backends/systems/celery/parts.hpp"
#include "backends/systems/celery/system.hpp"

namespace queuetrace::celery {
namespace {

using Severity = Finding::Severity;

template <const auto& code>
bool noted(const Job& job, const Deployment&) {
  return has_note(job, code);
}
constexpr char past[] = "past-visibility", beyond[] = "eta-beyond-visibility", unindexed[] = "unindexed",
               expired[] = "expired", undecodable[] = "undecodable";

/// Lists looked at beside those of queues.
constexpr std::size_t most_lists = 1'000;

/// The lists of the queues.
std::set<std::string> lists_of(const std::vector<std::string>& queues, const Deployment& deployment) {
  std::set<std::string> lists;
  for (const std::string& queue : queues)
    for (const Place& place : deployment.places)
      if (place.role == PlaceRole::waiting) lists.insert(place.key + queue + place.suffix);
  return lists;
}

/// Where another prefix begins with this one (as every prefix does with an empty one), its lists are its own.
std::vector<std::string> other_prefixes(const FoundKeys& tables, const Deployment& deployment) {
  std::vector<std::string> prefixes;
  for (const std::string& key : tables.keys)
    if (std::string prefix = key.substr(0, key.find(binding_tables)); prefix.size() > deployment.prefix.size())
      prefixes.push_back(std::move(prefix));
  return prefixes;
}

void look_for_unbound(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits,
                      const std::set<std::string>& known, DiagnosisReport& report) {
  const std::string own = quote_glob(deployment.prefix);
  FoundKeys lists = scan_keys(connection, own + "*", most_lists, limits, "list");
  const FoundKeys tables =
      scan_keys(connection, own + "*" + std::string(binding_tables) + "*", most_lists, limits, "set");
  if (!lists.complete || !tables.complete) report.not_answered("unbound-list");
  const std::vector<std::string> others = other_prefixes(tables, deployment);
  std::erase_if(lists.keys, [&](const std::string& key) {
    return known.contains(key) ||
           std::ranges::any_of(others, [&](const std::string& other) { return key.starts_with(other); });
  });
  std::vector<std::string> unbound;
  const bool all = look_at_ends(connection, lists.keys, limits, [&](std::size_t index, std::string_view element) {
    if (is_message(element)) unbound.push_back(lists.keys[index]);
    return true;
  });
  if (!all) report.not_answered("unbound-list");
  std::vector<RedisCommand> lengths;
  for (const std::string& key : unbound) lengths.push_back({"LLEN", key});
  if (lengths.empty()) return;
  const std::vector<Reply> replies = connection.pipeline(lengths);
  for (std::size_t i = 0; i < replies.size(); ++i)
    report.add_name("unbound-list", Untrusted(unbound[i]),
                    static_cast<std::uint64_t>(std::max<std::int64_t>(0, replies[i].integer())));
}

}  // namespace

constexpr std::array<RedisDiagnosisRule, 7> diagnoses{
    RedisDiagnosisRule{.code = "no-workers",
                       .severity = Severity::problem,
                       .subject = "workers",
                       .text = "messages wait and no worker is bound to remote control: none runs, or all were started "
                               "without it",
                       .remedy = "start a worker: celery -A APP worker"},
    RedisDiagnosisRule{.code = "past-visibility",
                       .severity = Severity::problem,
                       .subject = "held messages",
                       .text = "workers have held these messages for longer than the visibility timeout: their worker "
                               "is gone, or the task runs that long and runs twice",
                       .remedy = "start a worker, which gives them back; a longer visibility_timeout for long tasks",
                       .concerns = noted<past>},
    RedisDiagnosisRule{.code = "eta-beyond-visibility",
                       .severity = Severity::problem,
                       .subject = "held messages",
                       .text = "the eta of these messages is later than the visibility timeout: they are given to one "
                               "worker after the other, and run several times",
                       .remedy = "raise visibility_timeout above the longest eta, or keep such tasks elsewhere",
                       .concerns = noted<beyond>},
    RedisDiagnosisRule{.code = "unindexed-message",
                       .severity = Severity::problem,
                       .subject = "held messages",
                       .text = "unacked_index does not name these messages: if their worker is gone they are lost",
                       .remedy = "queuetrace job show -s <source> <ids>",
                       .concerns = noted<unindexed>},
    RedisDiagnosisRule{.code = "expired-message",
                       .subject = "messages",
                       .text = "messages wait whose time to begin is over: workers drop them, and their results become "
                               "REVOKED",
                       .remedy = "queuetrace job delete -s <source> <ids>",
                       .concerns = noted<expired>},
    RedisDiagnosisRule{.code = "unbound-list",
                       .severity = Severity::problem,
                       .subject = "lists",
                       .text =
                           "lists of messages that no binding names as a queue are not read: their queue was removed, "
                           "or its priority is none that is looked for",
                       .remedy = "start a worker of the queue, or name its priority_steps in the source"},
    RedisDiagnosisRule{.code = "undecodable-message",
                       .severity = Severity::problem,
                       .subject = "messages",
                       .text = "elements of queues are no messages of kombu: a worker that takes one fails over it",
                       .remedy = "queuetrace job show --raw -s <source> <ids>",
                       .concerns = noted<undecodable>}};

void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits,
          DiagnosisReport& report) {
  const FoundNames queues = queuetrace::find_queues(connection, system, deployment, limits);
  const std::set<std::string> lists = lists_of(queues.names, deployment);
  std::vector<RedisCommand> commands{{"EXISTS", deployment.prefix + std::string(binding_tables) + "celery.pidbox"}};
  for (const std::string& list : lists) commands.push_back({"LLEN", list});
  const std::vector<Reply> replies = connection.pipeline(commands);
  const bool anything =
      std::any_of(replies.begin() + 1, replies.end(), [](const Reply& length) { return length.integer() > 0; });
  if (anything && replies.front().integer() == 0) report.add_fact("no-workers");
  look_for_unbound(connection, deployment, limits, lists, report);
}

}  // namespace queuetrace::celery
