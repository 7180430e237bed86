// What a change did to the rows that make up jobs: enough to put back what was there, where it is still as the change
// left it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "model/plan.hpp"

namespace queuetrace {

/// A row of a backup table, each column in the text form of its type.
struct StoredRow {
  using Columns = std::map<std::string, std::optional<std::string>, std::less<>>;

  std::string table, owner;
  std::string place = {};  ///< names this version of the row alone; empty: not known
  Columns columns = {};
};

/// What became of one row.
struct RowChange {
  std::string table;
  /// The columns that were different; of a row that went all of them; absent: the row was not there.
  std::optional<StoredRow::Columns> was;
  std::string is;       ///< StoredRow::place behind the change; empty: the row is not there any more
  std::string of = {};  ///< another job, which changed together with the record's; empty: the row is of that one
};

/// Whether the row has these values; columns that came since are no difference.
bool holds(const StoredRow& row, const StoredRow::Columns& values);

/// Both are rows of one job. Rows of a table are told apart by their places; one that went and one that came are one
/// row that changed where the table has no other such.
std::vector<RowChange> row_changes(const std::vector<StoredRow>& before, const std::vector<StoredRow>& after);

/// What is kept of a job whose change cannot be undone: undoing it says `why`, our own words.
std::string refusal_content(std::string_view why);
/// Why, of such a record; absent of any other.
std::optional<std::string> refusal_in(const BackupRecord& record);

/// `{"changes": [{"table": name, "was": {name: text or null, ...} or null, "is": place, "of": id}, ...]}`, `of` only of
/// other jobs. Empty where nothing changed; refusal_content() where a text holds bytes that are not UTF-8.
std::string changes_content(const std::vector<RowChange>& changes);

/// Throws Error{usage} for a record that is none of ours.
std::vector<RowChange> read_changes(std::string content);

}  // namespace queuetrace
