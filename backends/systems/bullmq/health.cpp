// What holds jobs of BullMQ back, and what `doctor` looks for (docs/systems/bullmq.md sections 4 and 9).
#include <charconv>

#include "backends/engines/redis/job_note.hpp"
#include "backends/engines/redis/orphaned_records.hpp"
#include "backends/systems/bullmq/parts.hpp"

namespace queuetrace::bullmq {
namespace {

using Severity = Finding::Severity;

template <const auto& code>
bool noted(const Job& job, const Deployment&) {
  return has_note(job, code);
}
constexpr char stalled[] = "stalled", missing[] = "no-record", deferred[] = "deferred-failure", awaited[] = "awaited";

bool is_failed(const Job& job, const Deployment&) { return job.state == JobState::failed; }

/// A child that failed without an option for it leaves its parent waiting.
bool waits_for_children(const Job& job, const Deployment&) {
  return job.state == JobState::blocked && !has_note(job, missing);
}

std::optional<std::int64_t> number_in(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

void explain_waiting(RedisConnection& connection, const Deployment& deployment, std::span<const Job>,
                     PeekResult& result) {
  std::vector<RedisCommand> commands;
  for (const PeekQueue& row : result.queues) {
    const auto key = [&](const char* name) { return queue_key(deployment, row.queue.raw(), name); };
    commands.push_back({"HMGET", key("meta"), "concurrency", "max"});
    commands.push_back({"LLEN", key("active")});
    commands.push_back({"GET", key("limiter")});
    commands.push_back({"PTTL", key("limiter")});
  }
  if (commands.empty()) return;
  const std::vector<Reply> replies = connection.pipeline(commands);
  for (std::size_t i = 0; i < result.queues.size(); ++i) {
    PeekQueue& row = result.queues[i];
    const Reply& meta = replies[4 * i];
    if (row.next.empty() || meta.size() != 2) continue;
    const std::optional<std::int64_t> most = number_in(meta[0].text()), rate = number_in(meta[1].text());
    const std::optional<std::int64_t> taken = number_in(replies[4 * i + 2].text());
    const auto add = [&](const char* reason, const char* text) {
      row.waiting.push_back({reason, text, std::nullopt, false, std::nullopt, std::nullopt});
    };
    if (most && *most > 0 && replies[4 * i + 1].integer() >= *most)
      add("concurrency-limit", "as many jobs run as the queue's global concurrency allows");
    if (rate && taken && *taken >= *rate && replies[4 * i + 3].integer() > 0)
      add("rate-limit", "the queue's global rate limit is reached; it begins anew when its window ends");
    else if (!rate && taken && replies[4 * i + 3].integer() > 0)
      row.notes.emplace_back("a rate limit runs; whether it holds a worker back only the worker's own options say");
  }
}

constexpr std::array<RedisDiagnosisRule, 7> diagnoses{
    RedisDiagnosisRule{.code = "stalled-job",
                       .severity = Severity::problem,
                       .subject = "running jobs",
                       .text = "no worker holds the lock of these jobs: their worker is gone, or hangs and they run "
                               "unseen; any live worker puts them back within two of its checks (30 s each)",
                       .remedy = "start a worker of the queue; what the job was doing: queuetrace job show -s <source> "
                                 "<ids>",
                       .concerns = noted<stalled>},
    RedisDiagnosisRule{.code = "missing-record",
                       .severity = Severity::problem,
                       .subject = "jobs",
                       .text = "ids stand in a queue and their jobs are gone: evicted, or removed by hand; a worker "
                               "that takes one fails over it",
                       .remedy = "queuetrace job show -s <source> <ids>; a worker drops them when their turn comes",
                       .concerns = noted<missing>},
    RedisDiagnosisRule{.code = orphaned_record,
                       .subject = "records",
                       .text = "records of jobs stand in no list or set of their queue: no worker takes them, and the "
                               "library shows none of them",
                       .remedy = "redis-cli HGETALL <name>; add the job again in the application, or delete the key"},
    RedisDiagnosisRule{.code = "deferred-failure",
                       .subject = "flows",
                       .text = "a child of these jobs failed and they are to fail with it: a worker that takes one "
                               "fails it at once, attempts left or not",
                       .remedy = "queuetrace job show -s <source> <ids>",
                       .concerns = noted<deferred>},
    RedisDiagnosisRule{.code = "failed-child",
                       .severity = Severity::problem,
                       .subject = "flows",
                       .text = "children failed for the last time and their parents wait for them: they do so for ever",
                       .remedy = "queuetrace job retry -s <source> <ids>",
                       .concerns = noted<awaited>},
    RedisDiagnosisRule{.code = "waiting-parents",
                       .severity = Severity::note,
                       .subject = "flows",
                       .text = "jobs wait for their children",
                       .remedy = "queuetrace job list -s <source> --state failed",
                       .concerns = waits_for_children},
    RedisDiagnosisRule{.code = "failed-jobs",
                       .severity = Severity::note,
                       .subject = "failed jobs",
                       .text = "jobs failed for the last time and wait for an operator",
                       .remedy = "queuetrace job retry -s <source> --state failed",
                       .concerns = is_failed}};

}  // namespace queuetrace::bullmq
