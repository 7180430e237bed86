// Where PostgreSQL and SQLite differ in the SQL that the engine itself writes; nothing else in this folder asks which
// of the two it talks to. All functions return SQL text made of the given SQL text, or a value to bind.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "backends/engines/sql/live_schema.hpp"
#include "backends/engines/sql/system.hpp"
#include "model/time.hpp"

namespace queuetrace {

/// `expression`, text, as a value of `type`.
std::string cast_to(SqlFlavour flavour, SqlType type, std::string_view expression);
/// `expression`, of any type, as text.
std::string as_text(SqlFlavour flavour, std::string_view expression);
/// NULL of type text.
std::string_view null_text(SqlFlavour flavour);
/// NULL of type boolean.
std::string_view null_boolean(SqlFlavour flavour);
/// The server's clock as SqlType::time.
std::string_view current_time(SqlFlavour flavour);
/// Whole milliseconds between two times; NULL where one of them is missing or infinite.
std::string milliseconds_between(SqlFlavour flavour, std::string_view from, std::string_view until);
/// What stands at the end of a subquery whose columns are computed once a row, however often they are used, and of
/// which a planner expects few different values; several workers can still share it. Empty where there is no such
/// thing.
std::string_view closed_subquery(SqlFlavour flavour);
/// The part `number`, from 1, of a text whose parts are separated by blanks; NULL where it is empty.
std::string part_of(SqlFlavour flavour, std::string_view text, int number);
/// `expression` equals one value of the bound list; an index on it can be used.
std::string equals_any(SqlFlavour flavour, SqlType type, std::string_view expression, std::string_view placeholder);
/// The PostgreSQL array `expression` shares a member with the bound list; a GIN index on it can be used.
std::string overlaps(SqlType type, std::string_view expression, std::string_view placeholder);
/// A member of the JSON array `expression` (text) equals one value of the bound list of texts.
std::string has_member(SqlFlavour flavour, std::string_view expression, std::string_view placeholder);
/// The cast that gives a bound list its type, `::text[]::uuid[]`; nothing where lists are JSON text.
std::string cast_list(SqlFlavour flavour, SqlType type);
/// A text that changes whenever the row `alias` does. SQLite keeps none: there it is made of all `columns`, so that a
/// row that is again as it was counts as unchanged.
std::string row_version(SqlFlavour flavour, std::string_view alias, const LiveTable& columns);
/// Names one version of a row alone, whatever partition of its table it is in, as text.
std::string row_place(SqlFlavour flavour, std::string_view alias, const LiveTable& columns);
/// A condition: the row is the one that row_place() named. Adds parameters behind those there are.
std::string is_at_place(SqlFlavour flavour, std::string_view alias, const LiveTable& columns, std::string_view place,
                        std::vector<std::optional<std::string>>& parameters);
/// What stands behind a SELECT of rows `alias` to be changed: they are locked, in the order of this column where one is
/// named, and passed over where others hold them. Empty where a transaction holds everything.
std::string locks_rows(SqlFlavour flavour, std::string_view alias, std::string_view order = {});
/// The list for equals_any(), overlaps() and has_member() as one parameter.
std::string list_value(SqlFlavour flavour, const std::vector<std::string>& values);
/// `expression` matches the bound pattern, by case.
std::string matches_pattern(SqlFlavour flavour, std::string_view expression, std::string_view placeholder);
/// The pattern for matches_pattern() from a glob of ours (`*`, `?`, `\`).
std::string pattern_value(SqlFlavour flavour, std::string_view glob);
/// `expression` contains the bound text, both in lower case.
std::string contains_folded(SqlFlavour flavour, std::string_view expression, std::string_view placeholder);
/// The text at the bound path inside a JSON document; NULL when there is none.
std::string text_at_path(SqlFlavour flavour, std::string_view document, std::string_view placeholder);
/// The path for text_at_path() as one parameter.
std::string path_value(SqlFlavour flavour, const std::vector<std::string>& path);
/// `expression` without double quotes around it.
std::string unquoted(SqlFlavour flavour, std::string_view expression);
/// A time as a parameter, to the microsecond.
std::string time_value(SqlFlavour flavour, Timestamp time);
/// `text` as a literal of type text. For names that the database told us of; what users typed is bound.
std::string quoted_literal(SqlFlavour flavour, std::string_view text);
/// `"name"`, quotes inside doubled. With quoted_literal() and qualified_name() the only place where a name that is not
/// our own becomes SQL text.
std::string quoted_identifier(std::string_view name);
/// `"schema"."table"`.
std::string qualified_name(std::string_view schema, std::string_view table);

}  // namespace queuetrace
