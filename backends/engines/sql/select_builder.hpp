// From a question about jobs to one SELECT: text, parameters and what each column of the answer means.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/conditions.hpp"
#include "backends/engines/sql/connection.hpp"
#include "model/page.hpp"

namespace queuetrace {

/// Which column of the answer holds what. All columns are text.
struct RowLayout {
  std::size_t relation = 0;                   ///< index into BoundSystem::relations
  std::vector<std::size_t> keys;              ///< of the order, as the next page's cursor takes them
  std::array<int, sql_field_count> fields{};  ///< -1: not selected
  int state_word = -1;                        ///< BoundStates::column
  int state_number = -1;                      ///< BoundStates::number
  int notes = -1;                             ///< one digit a note rule, 1: it holds
  /// Columns of two times, which may be fields' own, and of one that is null where they do not count (-1: they do).
  struct Timing {
    int from = -1, until = -1, valid = -1;
  };
  Timing wait, run;
  struct Extra {
    std::string_view name;
    SqlExtra::Form form;
    std::size_t column;
  };
  std::vector<Extra> extras;
  /// Of each carrier of the row's relation, in turn: carrier_document(), then the text at each of its paths.
  std::vector<int> carriers;
  int further_columns = -1;  ///< a JSON object of the columns the description does not know
};

struct JobSelect {
  SqlStatement statement;  ///< empty text: no row can match
  RowLayout layout;
  std::vector<std::string> unsupported;  ///< sentences about filter members that a relation cannot answer
};

/// How much of a row is selected: what a plan tells of a job (JobQuery::brief), that and when it ended, that and all
/// other columns of a listing, or payloads and everything else too.
enum class RowDetail { brief, ends, usual, all };

/// What answers the query. Texts of documents are looked at once more by is_wanted(), which needs more than a plan.
RowDetail detail_of(const JobQuery& query);

/// Where a listing continues: after the row with these keys; in storage order within one relation.
struct Position {
  std::size_t relation = 0;
  std::vector<std::string> keys;  ///< empty: from the start
};

/// How rows are found that no index serves (system.hpp: SqlSystem::recent): among the newest, or among all.
enum class SearchDepth { recent, complete };

/// Newest values of SqlSystem::recent that a search of depth `recent` looks at.
inline constexpr std::uint64_t recent_window = 200'000;

/// One page of at most `limit` rows. Newest first: over all relations, no id twice. Storage order: of the one relation
/// that `from` names.
JobSelect build_list(const BoundSystem& system, const JobFilter& filter, JobOrder order, RowDetail detail,
                     const Position& from, std::size_t limit, SearchDepth depth = SearchDepth::complete);

/// The places and ids of the rows that a listing of at most `limit` jobs, newest first behind `from`, consists of, in
/// one look: NewestColumn tells the columns, behind them those of the order. Only where rows have places.
JobSelect build_newest_places(const BoundSystem& system, const JobFilter& filter, const Position& from,
                              std::size_t limit);
enum class NewestColumn { relation, place, id, first_key };

/// The rows of each relation that `where` chooses beside the filter (a condition and its parameters; empty: none of
/// that relation), newest first. Without a limit: `where` bounds them.
JobSelect build_chosen(const BoundSystem& system, const JobFilter& filter, RowDetail detail,
                       const std::function<std::string(std::size_t relation, Parameters&)>& where);

/// Rows of one relation that `where` chooses beside the filter (a condition, which may be empty, and its parameters),
/// in the order of their places; RowLayout::keys holds the place. `limit` absent: all of them, in no order, for
/// EXPLAIN. Only where BoundRelation::heap_version says that rows have places.
JobSelect build_stored(const BoundSystem& system, const JobFilter& filter, RowDetail detail, std::size_t relation,
                       const std::function<std::string(Parameters&)>& where, std::optional<std::size_t> limit);

/// Rows of the first relation for which `condition` holds, in `order`.
JobSelect build_rows(const BoundSystem& system, const std::string& condition, const std::string& order,
                     RowDetail detail, Parameters parameters, std::size_t limit);

/// `j` rows of an optional relation whose id the live one does not hold; empty for the live one.
std::string without_doubles(const BoundSystem& system, std::size_t relation);

}  // namespace queuetrace
