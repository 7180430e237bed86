// A system's description (system.hpp) cut down to what the live schema has, with `{table}` filled in: what the
// builders work from.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/live_schema.hpp"
#include "backends/engines/sql/states.hpp"
#include "backends/engines/sql/system.hpp"
#include "model/source.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

inline constexpr std::size_t sql_field_count = static_cast<std::size_t>(SqlField::system) + 1;

struct BoundNote {
  std::string_view code;
  std::string text, predicate;
};
struct BoundExtra {
  std::string_view name;
  std::string expression;
  SqlExtra::Form form = SqlExtra::Form::text;
};
struct BoundTrace {
  const SqlTraceRule* rule = nullptr;
  std::string expression;
};
struct BoundTiming {
  std::string from, until, valid;
};
struct BoundJoin {
  std::string_view alias;
  std::string text;
};

/// A path of the carrier's document under which a context is.
struct CarrierPath {
  std::vector<std::string> members;
  bool traceparents = false;  ///< all texts seen there are traceparents
  bool configured = false;    ///< named by the user: read before the well-known places
  std::string word = {};      ///< SqlCarrierPlace::word
};

struct BoundCarrier {
  const SqlCarrier* description = nullptr;
  std::string document;            ///< SqlCarrier::document
  std::string column;              ///< its bare name, as index expressions write it
  std::string table;               ///< of another table: qualified and quoted; empty: the job's own row
  bool is_jsonb = false;           ///< the server can look into it; else it is searched as text, and read whole
  std::vector<CarrierPath> paths;  ///< never empty once bind_carriers() has looked
  bool discovered = false;         ///< the paths were seen in the newest rows
  std::string index;               ///< expression of an index of trace ids, as the catalogue writes it; empty: none
  bool index_covers = false;       ///< it holds the id of every newest row that carries one
};

struct BoundRelation {
  const SqlRelation* description = nullptr;
  std::string table;                                ///< qualified and quoted
  std::string summary;                              ///< SqlRelation::summary, likewise; empty: there is none
  std::array<std::string, sql_field_count> fields;  ///< empty: this table does not have it
  /// SqlFieldRule::members of the rules that serve.
  std::array<std::span<const std::string_view>, sql_field_count> members{};
  std::vector<BoundExtra> extras;
  BoundStates states;
  std::vector<BoundNote> notes;
  std::vector<BoundTrace> traces;
  std::vector<BoundCarrier> carriers;
  std::optional<BoundTiming> wait, run;
  std::vector<BoundJoin> joins;
  /// The number of PostgreSQL's version (150018) where rows can be asked for by their place in the table (ctid); 0
  /// where they cannot: a view, a partitioned table, a family, a role that may not read all columns.
  int heap_version = 0;
  LiveTable refused;  ///< columns that this role may not read: no piece names one, and rows have NULL there
  std::vector<std::string> further_columns;  ///< that the description does not know; shown as they are

  const std::string& field(SqlField name) const { return fields[static_cast<std::size_t>(name)]; }
  /// The joins whose alias occurs in `sql`, each with a blank before it.
  std::string joins_for(std::string_view sql) const;
};

/// Values of SqlSystem::settings by name, and `alert_age` in seconds (Source::alert_age).
using SqlSettings = std::map<std::string, std::int64_t, std::less<>>;

struct BoundSystem {
  const SqlSystem* system = nullptr;
  SqlFlavour flavour = SqlFlavour::postgresql;
  LiveSchema schema;
  std::string variant;
  SqlSettings settings;
  std::vector<BoundRelation> relations;        ///< the live one first
  std::span<const SqlOrderKey> newest;         ///< as in the system; empty, too, where this role may not read a column
  std::vector<std::string> unread_schemas;     ///< hold the system, too, and are no stores of this source
  std::vector<Finding> beside;                 ///< what else of the source is not read, told by one of its stores
  std::vector<const SqlRelation*> unreadable;  ///< there, but this role may not read what tells their jobs

  /// Whether `needs` are met for a piece that belongs to the first relation.
  bool meets(std::string_view needs) const;
  /// Whether SQL about the first relation names no column that this role may not read.
  bool may_ask(std::string_view sql) const;
  /// `sql` with every `{table}` qualified by the schema and every `{=setting}` as its digits, every
  /// `{~setting}` as the duration that these seconds are.
  std::string expand(std::string_view sql) const;
  /// The same for the jobs of one queue: `{table}` of a family is that queue's table. Throws Error{refused} when the
  /// queue has no such table.
  std::string expand(std::string_view sql, std::string_view queue) const;
  /// The name of the table that `table`, of a family or not, means for a queue; absent when the queue has none.
  std::optional<std::string> table_of(std::string_view table, std::string_view queue) const;
};

/// Fits `system` to `schema`; the schema must meet its probe. Throws Error{authentication} where this role may read
/// some columns of the first relation, and not all that tell its jobs apart: they are named with the GRANT.
BoundSystem bind_system(const SqlSystem& system, const LiveSchema& schema, std::string variant,
                        SqlSettings settings = {});

/// As BoundSystem::expand, before there is one.
std::string expand_names(std::string_view sql, std::string_view schema, const SqlSettings& settings);

/// The system's settings as Source::keys has them, else their standard values, and what the source says for every
/// system; other keys are not looked at. Throws Error{usage} for a value that is no whole number within the setting's
/// bounds.
SqlSettings read_settings(const SqlSystem& system, const Source& source);

}  // namespace queuetrace
