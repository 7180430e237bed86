// Oban, the job queue for Elixir, and its port to Python, in PostgreSQL and in SQLite files. Facts:
// docs/systems/oban.md.
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

template <typename Database>
constexpr std::array notes{
    SqlNoteRule{"stale", "it has run for longer than {=rescue_after_seconds} seconds", constant<orphaned<Database>>},
    SqlNoteRule{"snoozed", "its worker put it off",
                constant<"j.state = 'scheduled' AND (j.attempt > 0 OR " + Database::has("snoozed") + ")">},
    SqlNoteRule{"spent", Database::is_spent, spent},
    SqlNoteRule{"not-staged", Database::not_staged, constant<not_staged<Database>>},
    SqlNoteRule{"trace-of-insert",
                "the trace is that of the insert: by default each attempt is a trace of its own, linked to it",
                constant<Database::has("traceparent") + " AND j.attempted_at IS NOT NULL">},
    SqlNoteRule{"return-opaque", "its result is recorded as an Erlang term, which is not read here",
                constant<Database::is_recorded>},
};

template <typename Database>
constexpr std::array traces{
    SqlTraceRule{SqlTraceRule::Kind::correlation, constant<correlation<Database>>, Lookup::scanned},
};

/// A job that was retried by hand keeps the start of its last attempt, so only states that follow an attempt tell.
template <typename Database>
constexpr std::array waits{
    SqlTiming{constant<Database::moment("j.scheduled_at")>, constant<Database::moment("j.attempted_at")>,
              constant<Database::moment("j.attempted_at") + " >= " + Database::moment("j.scheduled_at") + " AND " +
                       Database::state + " IN ('executing', 'completed', 'discarded')">}};
template <typename Database>
constexpr std::array runs{SqlTiming{constant<Database::moment("j.attempted_at")>,
                                    constant<"CASE WHEN j.state = 'executing' THEN " + Database::clock + " ELSE " +
                                             Database::moment("j.completed_at") + " END">,
                                    constant<Database::state + " IN ('executing', 'completed')">}};

template <typename Database>
constexpr std::array relations{SqlRelation{.name = "jobs",
                                           .table = "oban_jobs",
                                           .fields = fields<Database>,
                                           .extras = Database::extras,
                                           .state = "j.state",
                                           .states = states,
                                           .notes = notes<Database>,
                                           .traces = traces<Database>,
                                           .carriers = carriers,
                                           .wait = waits<Database>,
                                           .run = runs<Database>,
                                           .columns = columns}};

constexpr std::array<std::string_view, 2> tables{"oban_peers", "oban_producers"};

constexpr std::array newest{SqlOrderKey{"j.id", SqlType::integer, true}};
constexpr std::array storage{SqlOrderKey{"j.id", SqlType::integer}};

/// In a file times are ordered as the texts they are: within one second those with a fraction come first.
template <typename Database>
constexpr std::array peeks{SqlPeek{constant<Database::taken>, "j.priority, j.scheduled_at, j.id"}};

template <typename Database>
constexpr std::array waiting{
    SqlWaitingRule{"scheduled", "their time has not come",
                   constant<"j.state = 'scheduled' AND j.scheduled_at > " + Database::now>,
                   constant<Database::moment("j.scheduled_at")>},
    SqlWaitingRule{"back-off", "an attempt failed and the next one is not due",
                   constant<"j.state = 'retryable' AND j.scheduled_at > " + Database::now>,
                   constant<Database::moment("j.scheduled_at")>},
    SqlWaitingRule{"due-soon", Database::due_soon,
                   constant<"j.state IN ('scheduled', 'retryable') AND j.scheduled_at <= " + Database::now>,
                   constant<Database::moment("j.scheduled_at")>},
    SqlWaitingRule{"suspended", "an extension of Oban holds them", constant<Database::state + " = 'suspended'">},
};
/// The Lite engine leaves those whose attempts are used up.
constexpr std::array waiting_in_files = followed_by(
    waiting<Sqlite>, std::array{SqlWaitingRule{"spent", "their attempts are used up: no worker takes them", spent}});

/// The Python port records pauses, per node; a queue counts as paused where every node has paused it.
constexpr std::array pauses{SqlPause{.from = "(SELECT o.queue FROM {oban_producers} o GROUP BY o.queue HAVING "
                                             "bool_and(o.meta ->> 'paused' = 'true')) p",
                                     .queue = "p.queue",
                                     .since = {},
                                     .by = {},
                                     .needs = "oban_producers.meta oban_producers.queue"}};

template <typename Database>
constexpr std::array stale{SqlNoteRule{"stale", "", constant<orphaned<Database>>}};

constexpr std::string_view unchanged = "Oban's files in SQLite are read only here";
constexpr std::array refusals_in_files{
    SqlRefusalRule{ActionKind::retry, unchanged, "Oban.retry_job in the application"},
    SqlRefusalRule{ActionKind::cancel, unchanged, "Oban.cancel_job in the application"},
    SqlRefusalRule{ActionKind::erase, unchanged, "Oban.delete_job in the application"},
    SqlRefusalRule{ActionKind::move, unchanged, "Oban.update_job in the application"},
    SqlRefusalRule{std::nullopt, unchanged, "Oban.pause_queue(queue: :NAME) in the application"},
};

template <typename Database>
constexpr SqlSystem described() {
  SqlSystem system;
  system.info.name = "oban";
  system.info.title = "Oban";
  system.info.summary = summary;
  system.info.trace =
      "meta.traceparent (opentelemetry_oban), or a traceparent or trace_id that the application puts into meta or "
      "args; "
      "by default each attempt is a trace of its own, linked to that of the insert";
  system.info.states = state_words;
  system.relations = relations<Database>;
  system.settings = settings;
  system.id_type = SqlType::integer;
  system.id_expression = "j.id";
  system.newest = newest;
  system.storage = storage;
  system.peek = peeks<Database>;
  system.stale = stale<Database>;
  system.recent = "j.id";
  system.diagnoses = diagnoses<Database>;
  return system;
}

constexpr SqlSystem in_postgresql() {
  SqlSystem system = described<Postgresql>();
  system.flavour = SqlFlavour::postgresql;
  system.info.family = StorageFamily::postgresql;
  system.info.versions =
      "migrations 9 to 14 (2.6 to 2.23) and the Python port 0.7; written from its documented tables, not compared with "
      "the running library by this project's tests";
  system.info.storage = "table oban_jobs; read beside it: oban_producers of the Python port";
  system.info.order = "in each queue: available, lowest priority number first, then scheduled_at, then id";
  system.info.limits =
      "pauses of the Elixir library are in its nodes' memory and cannot be seen; no parents in the open-source "
      "release; completed jobs are pruned";
  system.probe = "id state queue worker args=jsonb meta=jsonb errors attempted_by=_text discarded_at";
  system.tables = tables;
  system.waiting = waiting<Postgresql>;
  system.pauses = pauses;
  system.version =
      "SELECT 'migration ' || pg_catalog.obj_description(t.typrelid, 'pg_class') FROM pg_catalog.pg_type t WHERE t.oid "
      "= pg_typeof(NULL::{oban_jobs})";
  system.actions = actions;
  system.refusals = refusals;
  system.backup = backup;
  return system;
}

constexpr SqlSystem in_sqlite() {
  SqlSystem system = described<Sqlite>();
  system.flavour = SqlFlavour::sqlite;
  system.info.family = StorageFamily::sqlite;
  system.info.versions =
      "2.17 to 2.23 (SQLite migration 1); written from its documented tables, not compared with the running library by "
      "this project's tests";
  system.info.storage = "table oban_jobs";
  system.info.order = "in each queue: available, lowest priority number first, then scheduled_at as text, then id";
  system.info.limits =
      "pauses are in the nodes' memory and cannot be seen; no parents in the open-source release; completed jobs are "
      "pruned";
  system.probe = "id state queue worker args meta errors attempted_by discarded_at";
  system.waiting = waiting_in_files;
  system.refusals = refusals_in_files;
  return system;
}

}  // namespace

constexpr SqlSystem system = in_postgresql();
constexpr SqlSystem sqlite_system = in_sqlite();
static_assert(consistent(system) && consistent(sqlite_system));

}  // namespace queuetrace::oban
