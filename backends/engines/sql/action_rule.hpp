// What can be done to the jobs of a system that lives in SQL tables; SqlSystem::actions lists it. Spelling and `needs`
// as in system.hpp; statements also take the values of the action, each bound where it is named:
//    {:ids}              the ids, an array of SqlSystem::id_type       {:queue}     Action::queue, text
//    {:reset_attempts}   boolean, the rule's own where not asked       {:message}   Action::message, text
//    {:front} {:force} {:keep_dependents}   boolean                    {:by}        who does it, text (pauses)
//    {:row}              a row of a backup, a JSON object of texts (PostgreSQL)
// Where each queue counts its own ids (SqlSystem::ids_by_queue) a chunk is of one queue: {:ids} are its own ids, and
// {:own_queue} is its name, text, in statements of an action; of a family (table_family.hpp) its `{table}` is that
// queue's.
// In SQLite {:ids} is a JSON array, `j.id IN (SELECT value FROM json_each({:ids}))`, and a boolean the text 0 or 1, for
// conditions alone: `CASE WHEN {:front} THEN ...`.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "model/plan.hpp"

namespace queuetrace {

/// Rows for which `predicate` (over `j`) holds are left alone.
struct SqlSkipRule {
  std::string_view predicate;
  std::string_view reason;          ///< why, our words: `running: ...`
  Verdict verdict = Verdict::skip;  ///< or `already`
  bool may_force = false;           ///< Action::force lifts it
  std::string_view needs = {};
  /// The ids for which `predicate` holds, a SELECT over SqlActionRule::with_all. Where these are few, all rows are
  /// compared with them: the server shares that among its workers, and a look into such a table it does not.
  std::string_view listed = {};
};

struct SqlActionStatement {
  std::string_view text;
  std::string_view needs = {};
  bool prepares = false;  ///< runs for what it does; the ids come from a later one
};

/// One way to do it; the first rule of an action whose needs are met is used. For each chunk of rows, in one
/// transaction: the rows are locked (rows that others hold are passed over; SQLite locks its file, and a held file is
/// an error before anything is done), skips are asked again, then the statements run in turn with the ids that are
/// left. The first one that does not only prepare returns the id of each row it changed. Rows of another relation than
/// the live one may have skips that hold for all of them, and no statement.
struct SqlActionRule {
  ActionKind action = ActionKind::retry;
  std::string_view effect;                  ///< what happens to each job, one sentence
  std::span<const SqlSkipRule> skips = {};  ///< the first that holds decides
  /// Tables over {:ids} that `skips` and `beside` may name, made once for all rows of a question: `WITH ... `; the
  /// first whose needs are met.
  std::span<const SqlActionStatement> with = {};
  /// The same tables, for all rows and without {:ids}: with them a plan can be counted in one look.
  std::span<const SqlActionStatement> with_all = {};
  std::span<const SqlActionStatement> statements = {};  ///< those whose needs are met
  bool resets_attempts = true;                          ///< retry: what {:reset_attempts} is when nobody says
  /// How many others change with a row (a whole number over `j`), and how the plan says so; `{}` is the number.
  std::string_view beside = {};
  std::string_view beside_text = {};
  /// Which other jobs change with rows: `SELECT root, id` over `with` and {:ids}, ids of the rule's relation. They are
  /// locked, kept and undone together with the job that takes them along.
  std::string_view others = {};
  /// Where that cannot be: why undoing is refused, and what to do instead; `{}` are their ids.
  std::string_view others_stay = {};
  std::string_view warning = {};  ///< what the operator must know before
  std::string_view needs = {};
  std::string_view relation = {};  ///< name of the relation whose rows it changes; empty: the live one
};

/// What cannot be done here; asked when no SqlActionRule serves.
struct SqlRefusalRule {
  std::optional<ActionKind> action;  ///< absent: pausing
  std::string_view reason;
  std::string_view nearest = {};  ///< the nearest thing that can be done
  std::string_view needs = {};
};

/// A column that may not come back as it was: `value` is an expression over what it held, `{:old}`, text.
struct SqlWeakColumn {
  std::string_view name;
  std::string_view value;
};

/// One table whose rows make up a job, `t` its row, in the order they are put back. A table of a relation holds the job
/// itself.
struct SqlBackupTable {
  std::string_view table;            ///< name only; a relation's or family's, or one of SqlSystem::tables
  std::string_view owner;            ///< id of the job a row belongs to: `t.job_id`
  std::string_view condition;        ///< `t.job_id = ANY({:ids})`; {:queue}: whose ids they are (ids_by_queue)
  std::string_view afterwards = {};  ///< runs when the rows of this table are back, with the job's id as {:ids}
  std::string_view needs = {};
  std::string_view join = {};  ///< joined to `t` where the owner is told elsewhere
  bool shared = false;         ///< other jobs have the same row, too: it is put back only where it is missing
  std::span<const SqlWeakColumn> weak = {};
  /// In place of inserting the row: puts {:row} back and returns a row when it did.
  std::string_view put_back = {};
};

/// How queues are paused. Each statement returns a row when it changed something.
struct SqlPausing {
  std::string_view effect;
  std::string_view pause;
  std::string_view resume;
  std::string_view needs = {};
  SqlBackupTable kept = {};  ///< the rows of the queue {:queue} that these change; no table: they cannot be undone
};

}  // namespace queuetrace
