// A queue in tables of a user's own, as the configuration describes it ([systems.NAME], queuetrace-config(5)): plain
// data as it was read. Whether it fits the tables is judged when a source is opened (backends/systems/described).
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/job_state.hpp"
#include "model/system_info.hpp"
#include "model/time.hpp"

namespace queuetrace {

/// A value that a column may hold. It is compared as a value of the column's own type.
struct DescribedLiteral {
  enum class Kind { text, number, truth };
  Kind kind = Kind::text;
  std::string text;  ///< numbers in decimal, truths as `true` and `false`
};

/// What must hold for a column of a row, or for a field of TableDescription::columns.
struct DescribedCondition {
  enum class Kind { equal, set, null, past, future, over, under };
  std::string subject;
  Kind kind = Kind::equal;
  std::vector<DescribedLiteral> values = {};  ///< equal: one of these; over, under: the bound
};

/// The rows for which all of `when` hold, and none of the rules above fits, are in `state`; no `when`: all others.
struct DescribedState {
  std::string name;  ///< the application's own word
  JobState state = JobState::unknown;
  std::vector<DescribedCondition> when = {};
  /// Of running rows: workers take them again when started_at is longer ago than this. Absent: never.
  std::optional<Milliseconds> again_after = {};
  std::size_t line = 0;
};

/// One table that holds jobs. Values are columns, or paths into one (`payload.items.0`, `"a.b".c`).
struct TableDescription {
  std::optional<std::string> schema;  ///< absent: that of the source, else the search path
  std::string table;
  std::string id;
  std::string prefix = {};                           ///< stands before the ids, so that those of two tables never meet
  std::map<std::string, std::string> columns;        ///< by field: `queue`, `created_at`; also `count(column)`
  std::map<std::string, std::string> defaults = {};  ///< by field: what NULL, or no column, means
  std::map<std::string, DescribedLiteral> absent = {};  ///< by field: the value that stands for NULL
  std::map<std::string, std::string> epoch = {};        ///< by field, or empty for all: s, ms, us or ns
  std::string zone = {};                                ///< of times without one; empty: UTC, not said
  std::vector<DescribedState> states;
  std::vector<std::string> trace = {};  ///< the first that names a trace counts; `column~word` looks behind a word
  std::vector<std::string> order = {};  ///< of dequeue; a minus before a column: descending. Empty: nobody takes jobs
  std::size_t line = 0;
};

struct SystemDescription {
  std::string name;
  std::vector<StorageFamily> families;   ///< postgresql, sqlite or both
  std::vector<TableDescription> tables;  ///< the one that has an order first
  std::size_t line = 0;
};

/// The fields that TableDescription::columns may name, in the order of queuetrace-config(5).
inline constexpr std::string_view described_fields[] = {
    "queue",          "kind",           "priority",     "attempts", "max_attempts", "created_at", "scheduled_at",
    "started_at",     "finished_at",    "worker",       "error",    "payload",      "result",     "span_id",
    "parent_span_id", "correlation_id", "causation_id", "tenant",   "workflow_id",  "batch_id",   "parent"};

}  // namespace queuetrace
