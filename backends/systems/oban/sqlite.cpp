// Oban's Lite engine, in an SQLite file. Facts: docs/systems/oban.md section 10: JSON and times are texts, and the
// errors are JSON texts inside a JSON list.
#include <array>

#include "backends/engines/constant_text.hpp"
#include "backends/systems/oban/states.hpp"
#include "backends/systems/oban/system.hpp"

namespace queuetrace::oban {
namespace {

consteval auto moment(const auto& column) { return "micros_of(j." + Text(column) + ")"; }
/// Now, moved by `change`, as the library writes times.
consteval auto moment_text(const auto& change) {
  return "strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'" + Text(change) + ")";
}
constexpr Text now = moment_text("");
consteval auto member(const auto& column, const auto& name) {
  return "json_extract(json_of(j." + Text(column) + "), '$." + Text(name) + "')";
}

constexpr Text correlation = "coalesce(" + member("meta", "correlation_id") + ", " + member("meta", "request_id") +
                             ", " + member("args", "correlation_id") + ")";

constexpr std::array carriers{SqlCarrier{.document = "j.meta"}, SqlCarrier{.document = "j.args"}};

constexpr std::array fields{
    SqlFieldRule{SqlField::id, "j.id"},
    SqlFieldRule{SqlField::queue, "j.queue"},
    SqlFieldRule{SqlField::kind, "j.worker"},
    SqlFieldRule{SqlField::native_state, "j.state"},
    SqlFieldRule{SqlField::priority, "j.priority"},
    SqlFieldRule{SqlField::attempts, "j.attempt"},
    SqlFieldRule{SqlField::max_attempts, "j.max_attempts"},
    SqlFieldRule{SqlField::created_at, constant<moment("inserted_at")>},
    SqlFieldRule{SqlField::scheduled_at, constant<moment("scheduled_at")>},
    SqlFieldRule{SqlField::started_at, constant<moment("attempted_at")>},
    SqlFieldRule{SqlField::finished_at, "micros_of(coalesce(j.completed_at, j.discarded_at, j.cancelled_at))"},
    SqlFieldRule{SqlField::worker, "json_extract(json_of(j.attempted_by), '$[0]')"},
    SqlFieldRule{SqlField::error, "json_extract(json_of(json_extract(json_of(j.errors), '$[#-1]')), '$.error')"},
    SqlFieldRule{SqlField::payload, "j.args"},
    SqlFieldRule{SqlField::payload_document, "json_of(j.args)"},
    SqlFieldRule{SqlField::correlation_id, constant<correlation>},
    SqlFieldRule{SqlField::workflow_id, constant<member("meta", "workflow_id")>},
    SqlFieldRule{SqlField::batch_id, constant<member("meta", "batch_id")>},
};

using ExtraForm = SqlExtra::Form;

/// One element per failed attempt, the newest twenty; texts are cut, as stacks run to many kB.
constexpr std::string_view history =
    "(SELECT nullif(json_group_array(json(n.failure)), '[]') FROM (SELECT e.key, json_object('at', "
    "json_extract(json_of(e.value), '$.at'), 'attempt', json_extract(json_of(e.value), '$.attempt'), 'error', "
    "substr(json_extract(json_of(e.value), '$.error'), 1, 2000)) AS failure FROM json_each(json_of(j.errors)) e WHERE "
    "e.key >= json_array_length(json_of(j.errors)) - 20 ORDER BY e.key) n)";

constexpr std::array extras{
    SqlExtra{"errors", history, ExtraForm::json},
    SqlExtra{"tags", "nullif(json_of(j.tags), '[]')", ExtraForm::json, "tags"},
    SqlExtra{"meta", "CASE WHEN length(j.meta) <= 65536 THEN nullif(json_of(j.meta), '{}') END", ExtraForm::json},
};

constexpr std::string_view columns =
    "id state queue worker args meta tags errors attempt attempted_by max_attempts priority inserted_at scheduled_at "
    "attempted_at completed_at discarded_at cancelled_at";

constexpr Text orphaned =
    "j.state = 'executing' AND j.attempted_at < " + moment_text(", '-' || {=rescue_after_seconds} || ' seconds'");
constexpr Text not_staged =
    "j.state IN ('scheduled', 'retryable') AND j.scheduled_at < " + moment_text(", '-1 minute'");

constexpr std::array notes{
    SqlNoteRule{"stale", "it has run for longer than {=rescue_after_seconds} seconds", constant<orphaned>},
    SqlNoteRule{"snoozed", "its worker put it off", "j.state = 'scheduled' AND j.attempt > 0"},
    SqlNoteRule{"spent", "its attempts are used up: no worker takes it",
                "j.state = 'available' AND j.attempt >= j.max_attempts"},
    SqlNoteRule{"not-staged", "it is due for over a minute, and no node made it available", constant<not_staged>},
    SqlNoteRule{"trace-of-insert",
                "the trace is that of the insert: by default each attempt is a trace of its own, linked to it",
                constant<member("meta", "traceparent") + " IS NOT NULL AND j.attempted_at IS NOT NULL">},
};

constexpr std::array traces{
    SqlTraceRule{SqlTraceRule::Kind::correlation, constant<correlation>, Lookup::scanned},
};

/// As on PostgreSQL: system.cpp.
constexpr Text ran = moment("attempted_at") + " >= " + moment("scheduled_at") +
                     " AND j.state IN ('executing', 'completed', 'discarded')";
constexpr std::array waits{
    SqlTiming{constant<moment("scheduled_at")>, constant<moment("attempted_at")>, constant<ran>}};
constexpr std::array runs{SqlTiming{
    constant<moment("attempted_at")>,
    constant<"CASE WHEN j.state = 'executing' THEN micros_of(" + now + ") ELSE " + moment("completed_at") + " END">,
    "j.state IN ('executing', 'completed')"}};

constexpr std::array relations{SqlRelation{.name = "jobs",
                                           .table = "oban_jobs",
                                           .fields = fields,
                                           .extras = extras,
                                           .state = "j.state",
                                           .states = states,
                                           .notes = notes,
                                           .traces = traces,
                                           .carriers = carriers,
                                           .wait = waits,
                                           .run = runs,
                                           .columns = columns}};

constexpr std::array newest{SqlOrderKey{"j.id", SqlType::integer, true}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};

/// Times are ordered as the texts they are: within one second those with a fraction come first.
constexpr std::array peeks{
    SqlPeek{"j.state = 'available' AND j.attempt < j.max_attempts", "j.priority, j.scheduled_at, j.id"}};

constexpr std::array waiting{
    SqlWaitingRule{"scheduled", "their time has not come",
                   constant<"j.state = 'scheduled' AND j.scheduled_at > " + now>, constant<moment("scheduled_at")>},
    SqlWaitingRule{"back-off", "an attempt failed and the next one is not due",
                   constant<"j.state = 'retryable' AND j.scheduled_at > " + now>, constant<moment("scheduled_at")>},
    SqlWaitingRule{"due-soon", "they are due; the library makes them available, every second",
                   constant<"j.state IN ('scheduled', 'retryable') AND j.scheduled_at <= " + now>,
                   constant<moment("scheduled_at")>},
    SqlWaitingRule{"spent", "their attempts are used up: no worker takes them",
                   "j.state = 'available' AND j.attempt >= j.max_attempts"},
    SqlWaitingRule{"suspended", "an extension of Oban holds them", "j.state = 'suspended'"},
};

constexpr std::array stale{SqlNoteRule{"stale", "", constant<orphaned>}};

constexpr std::array diagnoses{
    SqlDiagnosisRule{.code = "orphaned",
                     .severity = Finding::Severity::warning,
                     .subject = "executing jobs",
                     .text = "have run for longer than {=rescue_after_seconds} seconds: their node is gone and no "
                             "Lifeline rescues them, or they take that long",
                     .predicate = constant<orphaned>,
                     .remedy = "queuetrace job list -s <source> --state executing",
                     .in_check = true},
    SqlDiagnosisRule{.code = "not-staged",
                     .severity = Finding::Severity::problem,
                     .subject = "scheduled and retryable jobs",
                     .text = "are due for over a minute and were not made available: no node runs, or staging is "
                             "switched off",
                     .predicate = constant<not_staged>,
                     .remedy = "start a node whose plugins are on",
                     .in_check = true},
    SqlDiagnosisRule{.code = "spent",
                     .severity = Finding::Severity::problem,
                     .subject = "available jobs",
                     .text = "have used up their attempts: no worker takes them",
                     .predicate = "j.state = 'available' AND j.attempt >= j.max_attempts",
                     .remedy = "Oban.cancel_job in the application",
                     .in_check = true},
    SqlDiagnosisRule{
        .code = "not-taken",
        .severity = Finding::Severity::warning,
        .subject = "available jobs",
        .text = "could have run for over an hour: no node works on their queue, it is paused there, or "
                "the nodes are too slow",
        .predicate = constant<"j.state = 'available' AND j.attempt < j.max_attempts AND j.scheduled_at < " +
                              moment_text(", '-1 hour'")>,
        .remedy = "queuetrace peek -s <source> --why"},
};

constexpr std::string_view unchanged = "Oban's files in SQLite are read only here";
constexpr std::array refusals{
    SqlRefusalRule{ActionKind::retry, unchanged, "Oban.retry_job in the application"},
    SqlRefusalRule{ActionKind::cancel, unchanged, "Oban.cancel_job in the application"},
    SqlRefusalRule{ActionKind::erase, unchanged, "Oban.delete_job in the application"},
    SqlRefusalRule{ActionKind::move, unchanged, "Oban.update_job in the application"},
    SqlRefusalRule{std::nullopt, unchanged, "Oban.pause_queue(queue: :NAME) in the application"},
};

}  // namespace

constexpr SqlSystem sqlite_system{
    .info = {.name = "oban",
             .title = "Oban",
             .family = StorageFamily::sqlite,
             .summary = summary,
             .versions = "2.17 to 2.23 (SQLite migration 1); written from its documented tables, not compared with the "
                         "running library by this project's tests",
             .storage = "table oban_jobs",
             .order = "in each queue: available, lowest priority number first, then scheduled_at as text, then id",
             .trace = "meta.traceparent (opentelemetry_oban), or a traceparent or trace_id that the application puts "
                      "into meta or args; by default each attempt is a trace of its own, linked to that of the insert",
             .limits = "pauses are in the nodes' memory and cannot be seen; no parents in the open-source release; "
                       "completed jobs are pruned",
             .states = state_words},
    .flavour = SqlFlavour::sqlite,
    .probe = "id state queue worker args meta errors attempted_by discarded_at",
    .relations = relations,
    .settings = settings,
    .id_type = SqlType::integer,
    .id_expression = "j.id",
    .newest = newest,
    .storage = storage,
    .peek = peeks,
    .waiting = waiting,
    .stale = stale,
    .recent = "j.id",
    .diagnoses = diagnoses,
    .refusals = refusals,
};
static_assert(consistent(sqlite_system));

}  // namespace queuetrace::oban
