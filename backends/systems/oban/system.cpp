// Oban, the job queue for Elixir, and its port to Python, in PostgreSQL. Facts: docs/systems/oban.md.
//  - Columns and their types decide what a schema can do; the table's comment (the migration) is only shown.
//  - Setting of a source: `rescue_after_seconds`, Lifeline's rescue_after (1 hour).
#include "backends/systems/oban/system.hpp"

#include <array>

#include "backends/systems/oban/actions.hpp"
#include "backends/systems/oban/diagnoses.hpp"
#include "backends/systems/oban/fields.hpp"
#include "backends/systems/oban/states.hpp"

namespace queuetrace::oban {
namespace {

constexpr std::array notes{
    SqlNoteRule{"stale", "it has run for longer than {=rescue_after_seconds} seconds", constant<orphaned>},
    SqlNoteRule{"snoozed", "its worker put it off", "j.state = 'scheduled' AND (j.attempt > 0 OR j.meta ? 'snoozed')"},
    SqlNoteRule{"spent", "its attempts are used up: the Basic engine picks it and leaves it", spent},
    SqlNoteRule{"not-staged", "it is due for over a minute, and no leader made it available", constant<not_staged>},
    SqlNoteRule{"trace-of-insert",
                "the trace is that of the insert: by default each attempt is a trace of its own, linked to it",
                "j.meta ? 'traceparent' AND j.attempted_at IS NOT NULL"},
    SqlNoteRule{"return-opaque", "its result is recorded as an Erlang term, which is not read here",
                "j.meta ->> 'recorded' = 'true'"},
};

constexpr std::array traces{
    SqlTraceRule{SqlTraceRule::Kind::correlation, correlation, Lookup::scanned},
};

/// A job that was retried by hand keeps the start of its last attempt, so only states that follow an attempt tell.
constexpr std::string_view ran =
    "j.attempted_at >= j.scheduled_at AND j.state::text IN ('executing', 'completed', 'discarded')";
constexpr std::array waits{SqlTiming{constant<moment("scheduled_at")>, constant<moment("attempted_at")>, ran}};
constexpr std::array runs{
    SqlTiming{constant<moment("attempted_at")>,
              constant<"CASE WHEN j.state = 'executing' THEN now() ELSE " + Text(moment("completed_at")) + " END">,
              "j.state::text IN ('executing', 'completed')"}};

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

constexpr std::array<std::string_view, 2> tables{"oban_peers", "oban_producers"};

constexpr std::array newest{SqlOrderKey{"j.id", SqlType::integer, true}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};

/// docs/systems/oban.md section 4: available jobs are taken whatever their time says.
constexpr std::array peeks{SqlPeek{"j.state = 'available'", "j.priority, j.scheduled_at, j.id"}};

constexpr std::array waiting{
    SqlWaitingRule{"scheduled", "their time has not come",
                   constant<"j.state = 'scheduled' AND j.scheduled_at > " + utc_now>, constant<moment("scheduled_at")>},
    SqlWaitingRule{"back-off", "an attempt failed and the next one is not due",
                   constant<"j.state = 'retryable' AND j.scheduled_at > " + utc_now>, constant<moment("scheduled_at")>},
    SqlWaitingRule{"due-soon", "they are due; the leader makes them available, every second",
                   constant<"j.state IN ('scheduled', 'retryable') AND j.scheduled_at <= " + utc_now>,
                   constant<moment("scheduled_at")>},
    SqlWaitingRule{"suspended", "an extension of Oban holds them", "j.state::text = 'suspended'"},
};

/// The Python port records pauses, per node; a queue counts as paused where every node has paused it.
constexpr std::array pauses{SqlPause{.from = "(SELECT o.queue FROM {oban_producers} o GROUP BY o.queue HAVING "
                                             "bool_and(o.meta ->> 'paused' = 'true')) p",
                                     .queue = "p.queue",
                                     .since = {},
                                     .by = {},
                                     .needs = "oban_producers.meta oban_producers.queue"}};

constexpr std::array stale{SqlNoteRule{"stale", "", constant<orphaned>}};

}  // namespace

constexpr SqlSystem system{
    .info = {.name = "oban",
             .title = "Oban",
             .family = StorageFamily::postgresql,
             .summary = summary,
             .versions =
                 "migrations 9 to 14 (2.6 to 2.23) and the Python port 0.7; written from its documented tables, "
                 "not compared with the running library by this project's tests",
             .storage = "table oban_jobs; read beside it: oban_producers of the Python port",
             .order = "in each queue: available, lowest priority number first, then scheduled_at, then id",
             .trace =
                 "meta.traceparent (opentelemetry_oban), or a traceparent or trace_id that the application puts into "
                 "meta or args; by default each attempt is a trace of its own, linked to that of the insert",
             .limits = "pauses of the Elixir library are in its nodes' memory and cannot be seen; no parents in the "
                       "open-source release; completed jobs are pruned",
             .states = state_words},
    .flavour = SqlFlavour::postgresql,
    .probe = "id state queue worker args=jsonb meta=jsonb errors attempted_by=_text discarded_at",
    .relations = relations,
    .settings = settings,
    .tables = tables,
    .id_type = SqlType::integer,
    .id_expression = "j.id",
    .newest = newest,
    .storage = storage,
    .peek = peeks,
    .waiting = waiting,
    .pauses = pauses,
    .stale = stale,
    .version =
        "SELECT 'migration ' || pg_catalog.obj_description(t.typrelid, 'pg_class') FROM pg_catalog.pg_type t "
        "WHERE t.oid = pg_typeof(NULL::{oban_jobs})",
    .recent = "j.id",
    .diagnoses = diagnoses,
    .actions = actions,
    .refusals = refusals,
    .backup = backup,
};
static_assert(consistent(system));

}  // namespace queuetrace::oban
