// What `doctor` looks for among messages of Celery (docs/systems/celery.md sections 4 and 9).
#include <algorithm>

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

}  // namespace

constexpr std::array<RedisDiagnosisRule, 6> diagnoses{
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
    RedisDiagnosisRule{.code = "undecodable-message",
                       .severity = Severity::problem,
                       .subject = "messages",
                       .text = "elements of queues are no messages of kombu: a worker that takes one fails over it",
                       .remedy = "queuetrace job show --raw -s <source> <ids>",
                       .concerns = noted<undecodable>}};

void look(RedisConnection& connection, const Deployment& deployment, const ReadLimits& limits,
          DiagnosisReport& report) {
  const FoundNames queues = queuetrace::find_queues(connection, system, deployment, limits);
  std::vector<RedisCommand> commands{{"EXISTS", deployment.prefix + "_kombu.binding.celery.pidbox"}};
  for (const std::string& queue : queues.names)
    for (const Place& place : deployment.places)
      if (place.role == PlaceRole::waiting) commands.push_back({"LLEN", place.key + queue + place.suffix});
  const std::vector<Reply> replies = connection.pipeline(commands);
  const bool anything =
      std::any_of(replies.begin() + 1, replies.end(), [](const Reply& length) { return length.integer() > 0; });
  if (anything && replies.front().integer() == 0) report.add_fact("no-workers");
}

}  // namespace queuetrace::celery
