#include "formatters/job_screen.hpp"

#include <array>

#include "formatters/cell.hpp"
#include "formatters/job_record.hpp"
#include "formatters/record.hpp"
#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

constexpr std::array columns_of_job_screen{Column{.field = "headline", .heading = {}, .wraps = true, .headline = true},
                                           Column{.field = "error", .heading = {}, .wraps = true, .headline = true},
                                           Column{.field = "outlook", .heading = {}, .wraps = true, .headline = true},
                                           Column{.field = "kind", .heading = "KIND"},
                                           Column{.field = "id", .heading = "ID"},
                                           Column{.field = "created", .heading = "CREATED"},
                                           Column{.field = "due", .heading = "DUE"},
                                           Column{.field = "started", .heading = "STARTED"},
                                           Column{.field = "ended", .heading = "ENDED"},
                                           Column{.field = "lengths", .heading = "TOOK"},
                                           Column{.field = "worker", .heading = "WORKER"},
                                           Column{.field = "priority", .heading = "PRIORITY"},
                                           Column{.field = "native_state", .heading = "STORED STATE"},
                                           Column{.field = "parents", .heading = "AFTER"},
                                           Column{.field = "workflow_id", .heading = "WORKFLOW"},
                                           Column{.field = "batch_id", .heading = "BATCH"},
                                           Column{.field = "causation_id", .heading = "CAUSED BY"},
                                           Column{.field = "correlation_id", .heading = "CORRELATION"},
                                           Column{.field = "trace_id", .heading = "TRACE"},
                                           Column{.field = "span_id", .heading = "SPAN"},
                                           Column{.field = "parent_span_id", .heading = "PARENT SPAN"},
                                           Column{.field = "trace_url", .heading = "LINK"},
                                           Column{.field = "notes", .heading = "NOTES", .wraps = true},
                                           Column{.field = "no_link", .heading = "NO LINK", .wraps = true}};

/// Since when it is in its state: the end of one that ended, the start of one that runs.
std::optional<Timestamp> since(const Job& job) {
  if (is_finished(job.state)) return job.finished_at;
  return job.state == JobState::running ? job.started_at : std::nullopt;
}

/// `attempt 2 of 3`, `0 of 3 attempts`; empty: not known.
std::string attempts_text(const Job& job) {
  if (!job.attempts) return {};
  const std::string most = job.max_attempts ? std::to_string(*job.max_attempts) : "";
  if (*job.attempts == 0) return most.empty() ? "not tried yet" : "0 of " + most + " attempts";
  return "attempt " + std::to_string(*job.attempts) + (most.empty() ? "" : " of " + most);
}

/// `dead since 17m, attempt 3 of 3`
std::string state_text(const Job& job, const CellText& cells) {
  std::string text(to_word(job.state));
  if (const auto time = since(job)) text += (job.state == JobState::running ? " for " : " since ") + cells.age(*time);
  if (const std::string attempts = attempts_text(job); !attempts.empty()) text += ", " + attempts;
  const bool waits =
      job.state == JobState::retrying || job.state == JobState::scheduled || job.state == JobState::pending;
  if (waits && job.scheduled_at)
    if (const std::string due = cells.until(*job.scheduled_at); !due.empty())
      text += (job.state == JobState::retrying ? ", next " : ", due ") + due;
  return text;
}

/// `email in shop (hammerwork): dead since 17m, attempt 3 of 3`
std::string job_headline(const Job& job, const CellText& cells) {
  const std::string place = job.ref.source + (job.system.empty() ? "" : " (" + job.system + ")");
  return (job.queue ? job.queue->raw() + " in " : "") + place + ": " + state_text(job, cells);
}

/// Whether the system's own word says more than ours.
bool tells_more(const Job& job) {
  return job.native_state && !equal_ignoring_case(job.native_state->raw(), to_word(job.state));
}

std::string time_text(Timestamp time, const FormatterOptions& options, const CellText& cells) {
  if (options.time_style != TimeStyle::relative) return cells.moment(time);
  const std::string exact = to_rfc3339(time);
  const std::string distance = cells.moment(time);
  return distance == exact ? exact : exact + "  " + distance;
}

std::string lengths_text(const Job& job) {
  std::string text;
  if (job.wait) text = "waited " + to_human(*job.wait);
  if (job.run) text += (text.empty() ? "" : ", ") + std::string("ran ") + to_human(*job.run);
  return text;
}

}  // namespace

Record job_screen_record(const Job& job, const JobLinks& links, const FormatterOptions& options) {
  const CellText cells(options);
  Record whole = job_record(job, links, options.now);
  Record record{{"headline", Untrusted(job_headline(job, cells))}};
  const auto take = [&](const char* name) {
    const Value* value = find_value(whole, name);
    if (value != nullptr && is_known(*value)) record.push_back({name, *value});
  };
  const auto add_time = [&](const char* name, const std::optional<Timestamp>& time) {
    if (time) record.push_back({name, time_text(*time, options, cells)});
  };
  take("error");
  if (job.kind != job.queue) take("kind");
  take("id");
  add_time("created", job.created_at);
  if (job.scheduled_at != job.created_at) add_time("due", job.scheduled_at);
  add_time("started", job.started_at);
  add_time("ended", job.finished_at);
  if (const std::string lengths = lengths_text(job); !lengths.empty()) record.push_back({"lengths", lengths});
  take("worker");
  take("priority");
  if (tells_more(job)) record.push_back({"native_state", *job.native_state});
  for (const char* name : {"tenant", "parents", "workflow_id", "batch_id", "causation_id", "correlation_id", "trace_id",
                           "span_id", "parent_span_id", "trace_url", "payload", "result", "notes", "extra"})
    take(name);
  return record;
}

std::span<const Column> job_screen_columns() { return columns_of_job_screen; }

}  // namespace queuetrace
