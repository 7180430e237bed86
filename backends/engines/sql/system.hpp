// How a queue system that lives in SQL tables is described: one constant of type SqlSystem, all text ours, read by the
// engine in this folder. To add a system, write such a constant in backends/systems/<name>/system.cpp and list it in
// the catalogue.
//
// Every piece of SQL here is constant text in the flavour of the system's own database. Three spellings are special:
//  - `j` is the alias of the relation's row; all columns are written `j.column`.
//  - `{table}` stands for the table of that name in the schema where the system was found, qualified and quoted; a name
//    of other characters is quoted as SQL does: `{"My jobs"}`, and in `needs` likewise.
//  - `{=setting}` stands for the digits of a whole number that the source may set (SqlSetting); in our texts too, where
//    `{~setting}` is a number of seconds as people write it: `1h`. Every system has `alert_age`, the seconds for which
//    jobs may be due before `doctor` reports them.
//
// `needs` says which parts of the live schema a piece depends on: words separated by blanks, all of which must hold.
//    column          the relation's table has it                  column=type    ... with that type
//    (`depends_on=_uuid`) table.column    another table has it (also with `=type`)     table.         that table exists
//    name().         a function of that name exists (listed as `name()` in SqlSystem::tables)
//    name().5        ... with five arguments
//    table#column.word  the column is of an enum type that has this label
//    table~gin.column   a GIN index of that column alone serves all rows (other methods by their names)
//    table:hidden.   row level security is in force for this role: rows of that table may be missing
//    @variant        the variant found (SqlVariant::name)         !word          the word does not hold
// Types are pg_type names (`_uuid`, `jsonb`, `timestamptz`); in SQLite the declared type in lower case. Where several
// pieces serve the same purpose the first whose needs are met is used; a piece with unmet needs does not exist.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "backends/engines/sql/action_rule.hpp"
#include "backends/engines/sql/carrier.hpp"
#include "backends/engines/sql/connection.hpp"
#include "backends/engines/sql/diagnosis_rule.hpp"
#include "backends/engines/sql/field_rule.hpp"
#include "backends/engines/sql/state_rule.hpp"
#include "backends/engines/sql/table_family.hpp"
#include "model/job_state.hpp"
#include "model/store_check.hpp"
#include "model/system_info.hpp"

namespace queuetrace {

/// A note on every row for which `predicate` holds.
struct SqlNoteRule {
  std::string_view code;
  std::string_view text;
  std::string_view predicate;
  std::string_view needs = {};
};

/// A span of time, told where `valid` holds (empty: always).
struct SqlTiming {
  std::string_view from;
  std::string_view until;
  std::string_view valid = {};
  std::string_view needs = {};
};

/// Further tables that expressions use, joined to `j` so that no row is lost or doubled (`LEFT JOIN LATERAL ... ON
/// true`). The engine joins where an expression names `alias`.
struct SqlJoin {
  std::string_view alias;
  std::string_view text;
  std::string_view needs = {};
};

/// Where identifiers are searched. `whole_context`: the text is a traceparent, carrier or list that contains the id.
/// `parent`: the ids of the jobs a row was made by or depends on; where no such rule serves, the fields parents and
/// causation_id are looked through row by row.
struct SqlTraceRule {
  enum class Kind { trace, span, correlation, parent };
  Kind kind = Kind::trace;
  std::string_view expression;
  Lookup lookup = Lookup::indexed;
  bool whole_context = false;
  /// Texts the system's library puts before an id (`trace-`), for prefix searches; separated by blanks.
  std::string_view prefixes = {};
  std::string_view needs = {};
  bool list = false;  ///< the expression is a PostgreSQL array of SqlSystem::id_type
  /// Where the expression is over rows of another table, several for a job: that table (`{ties} t`), and which job a
  /// row is of (`j.position = t.position` is {"{ties} t", "j.position", "t.position"}). Only of Kind::parent.
  struct Beside {
    std::string_view table, job, row;
  };
  Beside beside = {};
};

/// One part of an order; with the others it tells any two rows of a relation apart. Never NULL.
struct SqlOrderKey {
  std::string_view expression;
  SqlType type = SqlType::text;
  bool descending = false;
};

/// One table that holds jobs. The first relation of a system is the live one and must exist; the others are optional,
/// must serve the same order keys, and give way to the first where both hold the same id.
struct SqlRelation {
  std::string_view name;   ///< for messages: `jobs`, `archive`
  std::string_view table;  ///< its plain name, not quoted; of a family what all of its names begin with: `q_`
  const SqlTableFamily* family = nullptr;  ///< the rows of many tables, one a queue, that have the column `j.queue`
  /// Columns beside those of the table, over its row `t`: `t.id::text AS "job id"`; empty: none. Rows are then read
  /// through a subquery.
  std::string_view added = {};
  std::span<const SqlFieldRule> fields;
  std::span<const SqlExtra> extras = {};
  std::string_view state = {};  ///< the column that SqlStateRule::words are of, as it is stored: `j.status`
  std::span<const SqlStateRule> states = {};
  std::span<const SqlNoteRule> notes = {};
  std::span<const SqlTraceRule> traces = {};
  std::span<const SqlCarrier> carriers = {};  ///< the first whose context can be read names the job's trace
  std::span<const SqlTiming> wait = {};       ///< from runnable to started
  std::span<const SqlTiming> run = {};        ///< from started to finished, or to now while running
  std::span<const SqlJoin> joins = {};
  /// A table beside it that keeps what counting all rows finds (state_counts.cpp), a row for each queue, word of
  /// `state` and staleness: the columns queue, number, oldest, newest, timed, due, due_again, and those that `state`
  /// and the stale rule read. Where there is one, rows are looked at for what happened in a window only. Of a system
  /// with one relation.
  std::string_view summary = {};
  /// Columns this description knows, separated by blanks; any other column of the live table is shown under `extra`.
  /// Empty: unknown columns are not shown.
  std::string_view columns = {};
  std::string_view needs = {};
};

/// A kind of database the live one may be (a dialect of the library), tried top to bottom.
struct SqlVariant {
  std::string_view name;
  std::string_view needs = {};
  std::string_view probe = {};  ///< a SELECT of one boolean, run under a short time-out; failing means no
};

/// Jobs that workers do not take now, and why.
struct SqlWaitingRule {
  std::string_view reason;
  std::string_view explanation;
  std::string_view predicate;
  std::string_view earliest = {};  ///< when such a row becomes due
  std::string_view needs = {};
  std::string_view held_by = {};  ///< id of the row that holds this one back, told for the sample
};

/// What workers take next. `eligible` and `order` are the worker's own, with literals so that its index is used.
struct SqlPeek {
  std::string_view eligible;
  std::string_view order;
  std::string_view needs = {};
  std::string_view note = {};  ///< in place of SqlSystem::peek_note
  /// Workers take from several queues in one order: the queues that were asked for make one list too, and not one each
  /// (SqlSystem::peek_together).
  bool across_queues = false;
};

/// A table that records what happens to jobs, one row each in the order of time. Where there is one, what happened in
/// the window of statistics is found through it, and not by looking at every job.
struct SqlActivityLog {
  std::string_view table;    ///< `{procrastinate_events}`, read as `v`
  std::string_view key;      ///< indexed integer that grows with time: `v.id`
  std::string_view time;     ///< `v.at`
  std::string_view counted;  ///< rows whose time is the time they were written
  std::string_view job;      ///< SqlSystem::id_expression of the job: `v.job_id`
  std::string_view needs = {};
};

/// Which queues are paused: those for which `queue` over `from` yields a row. Of the rest each may be empty.
struct SqlPause {
  std::string_view from;         ///< `{hammerwork_queue_pause} p`
  std::string_view queue;        ///< `p.queue_name`
  std::string_view since;        ///< time
  std::string_view by;           ///< text, may be NULL
  std::string_view reason = {};  ///< text, may be NULL; of bounded length
  std::string_view needs = {};
};

/// An index that trace lookups rely on; `create` is printed, never run.
struct SqlIndexCheck {
  std::string_view table;
  std::string_view column;  ///< first column or the expression's text as pg_get_indexdef prints it
  std::string_view create;  ///< with `{table}` for the qualified table name
  std::string_view needs = {};
};

/// A whole number that the database does not hold and the user may give in Source::keys under `name`.
struct SqlSetting {
  std::string_view name;
  std::int64_t standard = 0;
  std::int64_t least = 0;
  std::int64_t most = 0;
};

/// One queue system.
struct SqlSystem {
  SystemInfo info;
  SqlFlavour flavour = SqlFlavour::postgresql;
  std::string_view probe;              ///< needs of the first relation that prove the system is there
  std::string_view confirmation = {};  ///< a SELECT of one boolean for tables of a common name; empty: not needed
  std::string_view schema = {};  ///< the one schema it is looked for in; empty: as the source and the search path say
  std::span<const SqlRelation> relations;
  std::span<const SqlSetting> settings = {};
  std::span<const std::string_view> tables = {};  ///< further tables, and functions as `name()`, that needs name
  std::span<const SqlVariant> variants = {};
  SqlType id_type = SqlType::text;
  /// Each queue counts its own ids, in `id_expression`: a job's id is `QUEUE/ID`, which SqlField::id must yield, and a
  /// bare id means that of every queue. Jobs of a queue whose name has a slash are read and not changed.
  bool ids_by_queue = false;
  std::string_view id_expression;                       ///< the primary key as an index holds it: `j.id`
  std::span<const SqlOrderKey> newest;                  ///< empty: the store cannot order by creation
  std::span<const SqlOrderKey> storage;                 ///< the primary key
  std::span<const std::string_view> placeholders = {};  ///< constants stored instead of trace ids
  std::span<const SqlPeek> peek = {};                   ///< empty: nobody takes jobs from this store
  std::string_view peek_note = {};                      ///< why the order is only likely; empty: exact
  /// Workers drain all queues in one order: what one peek at all of them is called. Empty: each queue has its own.
  std::string_view peek_together = {};
  std::span<const SqlWaitingRule> waiting = {};
  std::span<const SqlPause> pauses = {};
  std::span<const SqlNoteRule> stale = {};  ///< running, but the worker is gone or too late; first met needs count
  std::string_view statistics_note = {};    ///< how the numbers of each queue are to be read
  std::string_view version = {};  ///< a SELECT of one text: the schema level; empty: only the variant is shown
  std::string_view version_needs = {};
  std::span<const SqlIndexCheck> indexes = {};
  const SqlActivityLog* activity = nullptr;  ///< of the first relation; other relations keep their own times
  /// An indexed integer of the first relation that grows with creation: lookups no index serves look at its newest
  /// values before they read everything.
  std::string_view recent = {};
  /// What `doctor` and `source check` look for.
  std::span<const SqlDiagnosisRule> diagnoses = {};
  // What can be changed, what cannot, and what a backup of a job holds (empty: nothing can be deleted).
  std::span<const SqlActionRule> actions = {};
  std::span<const SqlRefusalRule> refusals = {};
  std::span<const SqlBackupTable> backup = {};
  const SqlPausing* pausing = nullptr;
  /// Its functions and triggers name tables without their schema: writes run with the search path set to it.
  bool bare_names = false;
};

/// What a constant can prove about itself; used in static_assert beside each system.
constexpr bool consistent(const SqlSystem& system) {
  if (system.info.name.empty() || system.probe.empty() || system.relations.empty() || system.storage.empty())
    return false;
  if (system.id_expression.empty()) return false;
  for (const SqlRelation& relation : system.relations) {
    if (relation.table.empty() || relation.name.empty()) return false;
    bool id = false, native = false;
    for (const SqlFieldRule& rule : relation.fields) {
      if (rule.expression.empty()) return false;
      id = id || (rule.field == SqlField::id && rule.needs.empty());
      native = native || rule.field == SqlField::native_state;
    }
    if (!id) return false;
    for (std::size_t i = 0; i < relation.states.size(); ++i) {
      const SqlStateRule& rule = relation.states[i];
      if (!rule.words.empty() && relation.state.empty()) return false;
      if (!native && relation.state.empty() && rule.native.empty()) return false;
      if (rule.words.empty() && rule.when.empty() && rule.needs.empty() && i + 1 < relation.states.size())
        return false;  // rules below it could never be reached
    }
    for (const SqlNoteRule& note : relation.notes)
      if (note.code.empty() || note.text.empty() || note.predicate.empty()) return false;
  }
  for (const SqlPeek& peek : system.peek)
    if (peek.eligible.empty() || peek.order.empty()) return false;
  for (const SqlDiagnosisRule& rule : system.diagnoses)
    if (rule.code.empty() || rule.subject.empty() || rule.text.empty() ||
        (!rule.predicate.empty() && !rule.rows.empty()) || (rule.scanned && rule.predicate.empty()) ||
        !(rule.in_doctor || rule.in_check) ||
        (!rule.groups.by.empty() && (rule.groups.expression.empty() || rule.predicate.empty() || !rule.in_check)))
      return false;
  for (const SqlActionRule& rule : system.actions)
    if (rule.effect.empty() || (rule.action == ActionKind::erase && system.backup.empty()) ||
        (rule.statements.empty() && (rule.relation.empty() || rule.skips.empty())))
      return false;
  return true;
}

}  // namespace queuetrace
