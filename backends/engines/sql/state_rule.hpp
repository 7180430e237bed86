// How the rows of a relation tell their states: SqlRelation::states lists such rules, and everything that asks for
// states follows from them (states.hpp): counting, filtering, and reading single rows.
#pragma once

#include <string_view>

#include "model/job_state.hpp"

namespace queuetrace {

/// The first rule that fits a row decides; a row that none fits is unknown. A rule fits where the column named by
/// SqlRelation::state holds one of `words` and `when` holds. Rows are counted by that column and, within the words that
/// several rules share, by which `when` holds: keep conditions to those words, and cheap ones first. Where a role may
/// not read a column that a rule asks for, a later rule of the same state and words stands in for it.
struct SqlStateRule {
  JobState state = JobState::unknown;
  /// SQL literals, separated by commas: `'failed', 'expired'`, or `0, 1`; empty: whatever the column holds, NULL too.
  /// Labels that a live enum lacks are left out.
  std::string_view words = {};
  std::string_view when = {};  ///< a condition on the row, constant in cost; empty: always
  std::string_view needs = {};
  std::string_view native = {};  ///< the library's own word, where it is not the one stored
  /// A SELECT of the ids of all rows for which `when` holds, where it looks into another table and they are few as a
  /// rule. Where all rows are counted, this is asked first and the ids stand in place of `when`, so that the server's
  /// workers can share the pass; with too many of them `when` is asked of each row.
  std::string_view listed = {};
};

}  // namespace queuetrace
