#include "formatters/pause_record.hpp"

#include <array>

namespace queuetrace {
namespace {

constexpr std::array columns_of_pause{Column{.field = "queue", .heading = "QUEUE"},
                                      Column{.field = "source", .heading = "SOURCE"},
                                      Column{.field = "result", .heading = "RESULT"},
                                      Column{.field = "waiting", .heading = "WAITING"},
                                      Column{.field = "running", .heading = "RUNNING"},
                                      Column{.field = "reason", .heading = "REASON", .wraps = true},
                                      Column{.field = "cause", .heading = "CAUSE", .wraps = true}};

std::int64_t jobs_in(const QueueStatistics& queue, std::initializer_list<JobState> states) {
  std::int64_t jobs = 0;
  for (const StateStatistics& one : queue.states)
    for (const JobState state : states)
      if (one.state == state) jobs += static_cast<std::int64_t>(one.count.value);
  return jobs;
}

}  // namespace

Record pause_record(const PauseFacts& facts, const TargetReport& report) {
  using enum JobState;
  const bool known = facts.before != nullptr;
  const QueueStatistics queue = known ? *facts.before : QueueStatistics();
  const QueuePause pause = queue.pause.value_or(QueuePause());
  const auto jobs = [&](std::initializer_list<JobState> states) {
    return known ? Value(jobs_in(queue, states)) : Value();
  };
  return {{"source", facts.source},
          {"queue", Untrusted(facts.queue)},
          {"paused", facts.paused},
          {"outcome", facts.dry_run ? Value() : Value(std::string(to_word(report.outcome)))},
          {"result", facts.result},
          {"was_paused", queue.paused ? Value(*queue.paused) : Value()},
          {"paused_at", pause.since ? Value(*pause.since) : Value()},
          {"paused_by", known_or_nothing(pause.by)},
          {"pause_reason", known_or_nothing(pause.reason)},
          {"waiting", jobs({pending, scheduled, blocked, retrying})},
          {"running", jobs({running})},
          {"reason", report.reason.empty() ? Value() : Value(report.reason)},
          {"cause", report.cause.empty() ? Value() : Value(report.cause)}};
}

std::span<const Column> pause_columns() { return columns_of_pause; }

}  // namespace queuetrace
