// The SQL of one described table: what its fields are, and which rows a condition means.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "backends/systems/described/reference.hpp"
#include "model/system_description.hpp"

namespace queuetrace::described {

/// A field's SQL, of the type that the engine asks for (SqlField).
struct FieldSql {
  std::string expression;
  /// Where in the expression's text the value is: a server must not parse it (SqlFieldRule::members).
  std::vector<std::string> members = {};
};

class TableSql {
 public:
  /// `alias`: of the row. All functions throw Error{usage} that says what does not fit.
  TableSql(SqlFlavour flavour, const TableDescription& table, const LiveTableColumns& live, std::string alias = "j")
      : flavour_(flavour), table_(table), live_(live), alias_(std::move(alias)) {}

  /// A field of TableDescription::columns, with `absent` and `default`; absent: the table has none. Payload, result and
  /// parent are plain columns here.
  std::optional<FieldSql> field(const std::string& name);
  /// The value of a time field; absent: the table has none.
  std::optional<std::string> time(const std::string& field);
  /// The rows for which the condition holds; NULL where it cannot be told.
  std::string condition(const DescribedCondition& condition);

  Reference reference(std::string_view text, bool words = false);
  /// `j."name"`.
  std::string column(const Reference& reference) const;
  /// The value as text; empty where a server cannot look into the column.
  std::string text(const Reference& reference) const;

  /// Columns that were asked for.
  const std::set<std::string>& used() const { return used_; }

 private:
  const std::string* mapped(const std::string& field) const;
  const DescribedLiteral* absent(const std::string& field) const;
  std::string unit_of(const std::string& field) const;
  /// SQL of a whole number; NULL where it is none.
  std::string number(const Reference& reference) const;
  std::string count(const Reference& reference) const;
  std::string path(const Reference& reference) const;
  std::string time_at(const Reference& reference, const std::string& field) const;
  /// The field that the subject of a condition is: one of that name, unless a column of that name is another's.
  std::string field_of(const std::string& subject) const;
  std::string equals(const Reference& reference, const DescribedCondition& condition) const;
  bool can_parse(const Reference& reference) const;

  SqlFlavour flavour_;
  const TableDescription& table_;
  const LiveTableColumns& live_;
  std::string alias_;
  std::set<std::string> used_;
};

bool is_time_field(std::string_view field);
bool is_number_field(std::string_view field);

}  // namespace queuetrace::described
