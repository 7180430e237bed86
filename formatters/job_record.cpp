#include "formatters/job_record.hpp"

#include <array>
#include <iterator>
#include <utility>

#include "formatters/payload_value.hpp"
#include "model/plausible_time.hpp"

namespace queuetrace {
namespace {

Value priority_value(std::optional<Priority> priority) {
  if (!priority) return {};
  if (const auto* number = std::get_if<std::int64_t>(&*priority)) return *number;
  return std::get<Untrusted>(std::move(*priority));
}

Value list_or_nothing(Values values) {
  if (values.empty()) return {};
  return values;
}

Value notes_value(Job& job) {
  Values notes;
  for (Note& note : job.notes) {
    Fields fields;
    fields.reserve(2);
    fields.push_back({"code", std::move(note.code)});
    fields.push_back({"text", std::move(note.text)});
    notes.emplace_back(std::move(fields));
  }
  const auto add = [&](const std::optional<Payload>& payload, std::string_view field) {
    if (!payload) return;
    if (Value note = payload_note(*payload, field); note.index() != 0) notes.push_back(std::move(note));
  };
  add(job.payload, "payload");
  add(job.result, "result");
  return list_or_nothing(std::move(notes));
}

Value actions_value(std::vector<TraceAction> actions) {
  const auto told = [](std::string text) { return text.empty() ? Value() : Value(std::move(text)); };
  Values values;
  values.reserve(actions.size());
  for (TraceAction& action : actions) {
    Fields fields;  // no list of them, whose members would be copied once more
    fields.reserve(5);
    fields.push_back({"type", std::move(action.type)});
    fields.push_back({"label", std::move(action.label)});
    fields.push_back({"command", told(std::move(action.command))});
    fields.push_back({"url", told(std::move(action.url))});
    fields.push_back({"description", told(std::move(action.description))});
    values.emplace_back(std::move(fields));
  }
  return list_or_nothing(std::move(values));
}

using Where = Column::Where;

// In the order of tables: what an on-call engineer reads first, first.
constexpr std::array columns_of_job{
    Column{.field = "ref", .heading = "ID"},
    Column{.field = "state", .heading = "STATE"},
    Column{.field = "queue", .heading = "QUEUE", .shrinkable = true},
    Column{.field = "kind", .heading = "KIND", .shrinkable = true},
    Column{.field = "attempts", .heading = "ATTEMPTS", .right = true, .out_of = "max_attempts"},
    Column{.field = "created_at", .heading = "CREATED"},
    Column{.field = "source", .heading = "SOURCE", .where = Where::wide},
    Column{.field = "native_state", .heading = "NATIVE STATE", .where = Where::wide, .shrinkable = true},
    Column{.field = "priority", .heading = "PRIORITY", .where = Where::wide, .right = true},
    Column{.field = "scheduled_at", .heading = "SCHEDULED", .where = Where::wide},
    Column{.field = "started_at", .heading = "STARTED", .where = Where::wide},
    Column{.field = "finished_at", .heading = "FINISHED", .where = Where::wide},
    Column{.field = "since_at", .heading = "SINCE", .where = Where::never},
    Column{.field = "age_ms", .heading = "AGE", .where = Where::never, .right = true},
    Column{.field = "due_in_ms", .heading = "DUE IN", .where = Where::never, .right = true},
    Column{.field = "wait_ms", .heading = "WAIT", .where = Where::wide, .right = true},
    Column{.field = "run_ms", .heading = "RUN", .where = Where::wide, .right = true},
    Column{.field = "worker", .heading = "WORKER", .where = Where::wide, .shrinkable = true},
    Column{.field = "trace_id", .heading = "TRACE ID"},
    Column{.field = "correlation_id", .heading = "CORRELATION ID", .where = Where::wide},
    Column{.field = "error", .heading = "ERROR", .shrinkable = true},
    Column{.field = "system", .heading = "SYSTEM", .where = Where::never},
    Column{.field = "id", .heading = "JOB ID", .where = Where::never},
    Column{.field = "max_attempts", .heading = "MAX ATTEMPTS", .where = Where::never, .right = true},
    Column{.field = "payload", .heading = "PAYLOAD", .where = Where::never, .shrinkable = true},
    Column{.field = "result", .heading = "RESULT", .where = Where::never, .shrinkable = true},
    Column{.field = "span_id", .heading = "SPAN ID", .where = Where::never},
    Column{.field = "parent_span_id", .heading = "PARENT SPAN ID", .where = Where::never},
    Column{.field = "causation_id", .heading = "CAUSATION ID", .where = Where::never},
    Column{.field = "trace_status", .heading = "TRACE STATUS", .where = Where::never},
    Column{.field = "tenant", .heading = "TENANT", .where = Where::never, .shrinkable = true},
    Column{.field = "workflow_id", .heading = "WORKFLOW ID", .where = Where::never},
    Column{.field = "batch_id", .heading = "BATCH ID", .where = Where::never},
    Column{.field = "waits_for", .heading = "WAITS FOR", .where = Where::never},
    Column{.field = "parents", .heading = "PARENTS", .where = Where::never},
    Column{.field = "trace_url", .heading = "TRACE URL", .where = Where::never},
    Column{.field = "trace_actions", .heading = "TRACE ACTIONS", .where = Where::never, .shrinkable = true},
    Column{.field = "notes", .heading = "NOTES", .where = Where::never, .shrinkable = true},
    Column{.field = "extra", .heading = "EXTRA", .where = Where::never, .shrinkable = true}};

/// Unknown for times that cannot be true; none for one a little ahead of our clock.
Value age_of(const Job& job, const std::optional<Timestamp>& now) {
  const std::optional<Timestamp> created = now ? plausible_past(job.created_at, *now) : std::nullopt;
  if (!created) return {};
  return std::max(Milliseconds(0), std::chrono::floor<Milliseconds>(*now - *created));
}

/// How long until a job that waits may run, as far as its time says; 0: its time has come.
Value due_in(const Job& job, const std::optional<Timestamp>& now) {
  const bool waits = job.state == JobState::pending || job.state == JobState::scheduled ||
                     job.state == JobState::retrying || job.state == JobState::blocked;
  if (!now || !waits || !job.scheduled_at || *job.scheduled_at == infinite_future || *job.scheduled_at == infinite_past)
    return {};
  return *job.scheduled_at <= *now ? Milliseconds(0) : std::chrono::ceil<Milliseconds>(*job.scheduled_at - *now);
}

/// What holds a blocked job back: the jobs it waits for.
Values waits_for(const Job& job) {
  Values jobs;
  if (job.state == JobState::blocked)
    for (const Untrusted& id : job.parents) jobs.push_back(Fields{{"ref", Untrusted(job.ref.source + "/" + id.raw())}});
  return jobs;
}

}  // namespace

std::optional<Timestamp> state_since(const Job& job) {
  if (is_finished(job.state)) return job.finished_at;
  if (job.started_at || job.state == JobState::running || job.state == JobState::unknown) return job.started_at;
  return job.created_at;
}

Record job_record(Job job, JobLinks links, const std::optional<Timestamp>& now) {
  Record record;
  record.reserve(columns_of_job.size());
  const auto add = [&](std::string_view name, Value value) {
    Field& field = record.emplace_back();
    field.name = name;
    field.value = std::move(value);
  };
  const auto known = [](auto& value) { return value ? Value(std::move(*value)) : Value(); };
  const auto payload = [](auto& value) { return value ? payload_value(std::move(*value)) : Value(); };
  Value notes = notes_value(job);
  Values waited_for = waits_for(job);
  Values parents(std::move_iterator(job.parents.begin()), std::move_iterator(job.parents.end()));
  add("ref", Untrusted(job.ref.source + "/" + job.ref.id.raw()));
  add("source", std::move(job.ref.source));
  add("system", text_or_nothing(job.system));
  add("id", std::move(job.ref.id));
  add("queue", known(job.queue));
  add("kind", known(job.kind));
  add("state", std::string(to_word(job.state)));
  add("native_state", known(job.native_state));
  add("priority", priority_value(std::move(job.priority)));
  add("attempts", known(job.attempts));
  add("max_attempts", known(job.max_attempts));
  add("created_at", known(job.created_at));
  add("scheduled_at", known(job.scheduled_at));
  add("started_at", known(job.started_at));
  add("finished_at", known(job.finished_at));
  add("since_at", known_or_nothing(state_since(job)));
  add("age_ms", age_of(job, now));
  add("due_in_ms", due_in(job, now));
  add("wait_ms", known(job.wait));
  add("run_ms", known(job.run));
  add("worker", known(job.worker));
  add("error", known(job.error));
  add("payload", payload(job.payload));
  add("result", payload(job.result));
  add("trace_id", known(job.trace.trace_id));
  add("span_id", known(job.trace.span_id));
  add("parent_span_id", known(job.trace.parent_span_id));
  add("correlation_id", known(job.trace.correlation_id));
  add("causation_id", known(job.trace.causation_id));
  add("trace_status", std::string(to_word(job.trace.status)));
  add("tenant", known(job.tenant));
  add("workflow_id", known(job.workflow_id));
  add("batch_id", known(job.batch_id));
  add("waits_for", list_or_nothing(std::move(waited_for)));
  add("parents", list_or_nothing(std::move(parents)));
  add("trace_url", known(links.trace_url));
  add("trace_actions", actions_value(std::move(links.actions)));
  add("notes", std::move(notes));
  add("extra", job.extra.empty() ? Value() : Value(std::move(job.extra)));
  return record;
}

std::span<const Column> job_columns() { return columns_of_job; }

}  // namespace queuetrace
