// What tables and columns a database really has, read once when it is opened, and whether the `needs` of a description
// (system.hpp) are met by them.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "backends/engines/sql/system.hpp"

namespace queuetrace {

/// Columns by name with their types.
using LiveTable = std::map<std::string, std::string, std::less<>>;

/// One table of a family (table_family.hpp).
struct FamilyMember {
  std::string queue;
  std::string table;
};

/// The tables of interest in one schema.
struct LiveSchema {
  std::string name;
  std::optional<int> path_position;  ///< absent: not in the search path
  std::map<std::string, LiveTable, std::less<>> tables;
  std::map<std::string, std::vector<FamilyMember>, std::less<>> families;  ///< by SqlRelation::table
  /// The columns of tables that hold no jobs and that we may not read, which are in `tables` without them.
  std::map<std::string, LiveTable, std::less<>> withheld = {};
  std::vector<std::string> unread_members = {};  ///< tables of families whose jobs this role may not read
  bool has_more_members = false;                 ///< than most_family_members, which are not looked at

  const LiveTable* find(std::string_view table) const;
  /// Columns of the table that this role may not read, with their types as SQL writes them.
  const LiveTable& refused(std::string_view table) const;
  /// Whether there are such columns, and others beside them.
  bool is_partly_refused(std::string_view table) const;
  /// Whether row level security is in force for this role: nobody can tell which rows there are beside those it shows.
  bool hides_rows(std::string_view table) const;
  /// `view`, `materialized view` or `foreign table`; empty for a table of this database.
  std::string_view kind_of(std::string_view table) const;
  /// Whether all words of `needs` hold for a piece that belongs to `table`, in a database of kind `variant`.
  bool meets(std::string_view needs, std::string_view table, std::string_view variant) const;
};

/// All schemas that hold a table which one of `systems` names: those of the search path first, in its order, then the
/// others by name. Tables that hold no jobs and that we may not read are there without columns, so that a reader of the
/// job table alone is served. One statement.
std::vector<LiveSchema> read_live_schemas(SqlConnection& connection, std::span<const SqlSystem* const> systems,
                                          std::chrono::milliseconds timeout);

/// The blank-separated words of `text`; blanks between double quotes are part of their word.
std::vector<std::string_view> words_of(std::string_view text);

/// A name as descriptions write it: `created_at`, or in double quotes (`"Created at"`, quotes inside doubled).
std::string unquoted_name(std::string_view name);

}  // namespace queuetrace
