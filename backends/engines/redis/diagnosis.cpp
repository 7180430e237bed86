// What `doctor` finds in Redis: the server, its clock, keys that cannot be what they should be, and the jobs.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/clock_skew.hpp"
#include "backends/engines/redis/job_inspection.hpp"
#include "backends/engines/redis/job_store.hpp"
#include "backends/engines/redis/pauses.hpp"
#include "model/job_filter.hpp"
#include "model/long_pauses.hpp"

namespace queuetrace {
namespace {

using Severity = Finding::Severity;

/// Times of two machines that differ by more mislead whoever compares them.
constexpr Milliseconds most_skew{2'000};
/// Finished jobs in a list that nothing trims.
constexpr std::uint64_t many_finished = 100'000;

}  // namespace

std::span<const RedisDiagnosisRule> common_diagnoses() {
  static constexpr std::array rules{
      RedisDiagnosisRule{.code = "not-all-jobs",
                         .severity = Severity::note,
                         .subject = "jobs",
                         .text = "not all jobs were read",
                         .remedy = "queuetrace doctor -s <source> --full"},
      RedisDiagnosisRule{.code = "clock-skew",
                         .subject = "clock",
                         .text = "the server's clock is not ours: times of its jobs and of others do not compare",
                         .remedy = "synchronise the clocks of both machines"},
      RedisDiagnosisRule{.code = "created-in-the-future",
                         .subject = "clock",
                         .text = "jobs were made after the server's present: the clock of a producer is ahead, and "
                                 "ages, waits and the order of lists mislead",
                         .remedy = "synchronise the clocks of the producers"},
      RedisDiagnosisRule{.code = "wrong-key-type",
                         .severity = Severity::problem,
                         .subject = "keys",
                         .text = "keys that belong to the queues hold another type of value: producers and workers "
                                 "get WRONGTYPE there",
                         .remedy = "redis-cli TYPE <name>"},
      RedisDiagnosisRule{.code = "expiring-key",
                         .severity = Severity::problem,
                         .subject = "keys",
                         .text = "keys with jobs have an expiry, as after a rename of a backup: all their jobs go at "
                                 "once",
                         .remedy = "redis-cli PERSIST <name>"},
      RedisDiagnosisRule{.code = "unconsumed-queue",
                         .severity = Severity::problem,
                         .subject = "queues",
                         .text = "jobs wait in queues that no worker takes from",
                         .remedy = "name the queue in the workers' configuration"},
      RedisDiagnosisRule{
          .code = "completed-list-grows",
          .subject = "finished jobs",
          .text = "lists of completed jobs hold more than 100,000; nothing of the system ever trims them",
          .remedy = "redis-cli LTRIM <name> 0 99999"},
      RedisDiagnosisRule{.code = "double-listed",
                         .severity = Severity::problem,
                         .subject = "jobs",
                         .text = "jobs are in two places, one of them waiting or in a worker's hands: they are done "
                                 "twice",
                         .remedy = "queuetrace job show -s <source> <ids>"}};
  return rules;
}

void RedisJobStore::look_at_places(const OpenLists& open, DiagnosisReport& report) {
  for (const Untrusted& key : open.wrong_type) report.add_name("wrong-key-type", key);
  std::vector<RedisCommand> commands;
  for (const OpenList& list : open.lists) commands.push_back({"PTTL", list.key});
  const std::vector<Reply> lives = keys_.connection().pipeline(commands);
  for (std::size_t i = 0; i < open.lists.size(); ++i) {
    const OpenList& list = open.lists[i];
    const Place& place = *list.place;
    if (place.container == Container::records) continue;
    if (!place.expires && lives[i].is(Reply::Type::integer) && lives[i].integer() >= 0)
      report.add_name("expiring-key", Untrusted(list.key), list.length);
    if (place.role == PlaceRole::waiting && !place.consumed)
      report.add_name("unconsumed-queue", Untrusted(list.key), list.length);
    if (place.role == PlaceRole::completed && place.append_only && list.length > many_finished)
      report.add_name("completed-list-grows", Untrusted(list.key), list.length);
  }
}

void RedisJobStore::add_unread(std::vector<Finding>& findings, const ReadLimits& limits) {
  const std::string_view own = unread_code(keys_.system());
  if (std::ranges::find(keys_.system().explain.diagnoses, own, &RedisDiagnosisRule::code) !=
      keys_.system().explain.diagnoses.end())
    return;
  UnreadKeys unread = look_beside(SearchDepth::thorough, limits);
  std::set<Untrusted> named;
  for (const Finding& finding : findings) named.insert(finding.names.begin(), finding.names.end());
  std::erase_if(unread.keys, [&](const UnreadKey& one) { return named.contains(Untrusted(one.key)); });
  if (std::optional<Finding> keys = told(unread, keys_.system(), keys_.deployment()))
    findings.push_back(std::move(*keys));
}

void RedisJobStore::add_long_pauses(std::vector<Finding>& findings, const ReadLimits& limits) {
  if (!tells_pauses()) return;
  std::vector<std::string> names;
  for (const Untrusted& queue : queues(limits)) names.push_back(queue.raw());
  const QueuePauses pauses = QueuePauses::read(keys(), names);
  StatisticsQuery query;
  for (const std::string& name : names)
    if (pauses.find(name) != nullptr) query.queues.push_back(quoted_glob(name));
  if (query.queues.empty()) return;
  query.window = Milliseconds(0);
  query.limits = limits;
  if (std::optional<Finding> finding = long_pauses(statistics(query), alert_age_, keys_.system().can_pause()))
    findings.push_back(std::move(*finding));
}

std::size_t RedisJobStore::checks() const {
  return common_diagnoses().size() + keys_.system().explain.diagnoses.size() + (tells_pauses() ? 1 : 0);
}

std::vector<Finding> RedisJobStore::diagnose(const ReadLimits& limits) {
  keys_.connection().discard_outstanding();
  std::string server;
  std::vector<Finding> findings = look_at_server(server);
  // What is a fact of this session or server is for `source check`.
  std::erase_if(findings, [](const Finding& finding) { return finding.severity < Severity::warning; });
  findings.insert(findings.end(), keys_.deployment().findings.begin(), keys_.deployment().findings.end());

  DiagnosisReport report({common_diagnoses(), keys_.system().explain.diagnoses});
  const DecodeContext context{keys_.deployment(), keys_.server_time(), false};
  const Milliseconds skew = clock_skew(context.now);
  if (std::abs(skew.count()) > most_skew.count()) {
    report.add_fact("clock-skew");
    report.explain("clock-skew", to_human(skew) + " apart");
  }
  const OpenLists open = keys().open_all(limits);
  look_at_places(open, report);
  JobInspection(keys(), context, limits, report).run(open);
  if (keys_.system().explain.look != nullptr)
    keys_.system().explain.look(keys_.connection(), keys_.deployment(), limits, report);
  for (Finding& finding : report.findings()) findings.push_back(std::move(finding));
  add_long_pauses(findings, limits);
  add_unread(findings, limits);
  return findings;
}

}  // namespace queuetrace
