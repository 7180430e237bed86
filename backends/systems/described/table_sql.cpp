#include "backends/systems/described/table_sql.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "backends/engines/sql/flavour.hpp"
#include "backends/systems/described/literal.hpp"
#include "backends/systems/described/time_sql.hpp"
#include "model/error.hpp"

namespace queuetrace::described {
namespace {

/// Texts that are parsed after reading are passed over where they are longer (bytes).
constexpr std::size_t most_document = 64 << 10;

bool is_index(std::string_view member) {
  if (member.starts_with('-')) member.remove_prefix(1);
  return !member.empty() && member.size() < 6 && member.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string sqlite_path(const std::vector<std::string>& members) {
  std::string path = "$";
  for (const std::string& member : members) {
    if (is_index(member))
      path += member.starts_with('-') ? fmt::format("[#{}]", member) : fmt::format("[{}]", member);
    else if (member.find_first_of("\"\\") != std::string::npos)
      throw Error(ErrorKind::usage, fmt::format("'{}': SQLite finds no member with quotes in its name", member));
    else
      path += fmt::format(".\"{}\"", member);
  }
  return quoted_text(SqlFlavour::sqlite, path);
}

std::string postgres_path(const std::vector<std::string>& members) {
  std::vector<std::string> quoted;
  for (const std::string& member : members) quoted.push_back(quoted_text(SqlFlavour::postgresql, member));
  return fmt::format("ARRAY[{}]", fmt::join(quoted, ", "));
}

}  // namespace

bool is_time_field(std::string_view field) { return field.ends_with("_at"); }
bool is_number_field(std::string_view field) { return field.ends_with("attempts"); }

Reference TableSql::reference(std::string_view text, bool words) {
  std::optional<Reference> found = find_reference(text, live_, words);
  if (!found) throw Error(ErrorKind::usage, fmt::format("the table has no column for '{}'", text));
  used_.insert(found->column);
  return std::move(*found);
}

std::string TableSql::column(const Reference& reference) const {
  return fmt::format("{}.{}", alias_, quoted_name(reference.column));
}

bool TableSql::can_parse(const Reference& reference) const {
  return flavour_ == SqlFlavour::sqlite || reference.live->kind == ColumnKind::jsonb;
}

std::string TableSql::path(const Reference& reference) const {
  const std::string value = column(reference);
  if (flavour_ == SqlFlavour::sqlite)
    return fmt::format("json_extract(CASE WHEN json_valid({0}) THEN {0} END, {1})", value,
                       sqlite_path(reference.members));
  return fmt::format("({} #>> {})", value, postgres_path(reference.members));
}

std::string TableSql::text(const Reference& reference) const {
  if (!reference.members.empty() && !can_parse(reference)) return {};
  const std::string value = reference.members.empty() ? column(reference) : path(reference);
  if (flavour_ == SqlFlavour::sqlite) return fmt::format("CAST({} AS TEXT)", value);
  return reference.members.empty() && reference.live->kind != ColumnKind::text ? value + "::text" : value;
}

std::string TableSql::count(const Reference& reference) const {
  const std::string value = column(reference);
  if (flavour_ == SqlFlavour::sqlite) {
    const std::string where = sqlite_path(reference.members);
    return fmt::format("CASE WHEN json_valid({0}) THEN json_array_length({0}, {1}) END", value, where);
  }
  if (reference.live->kind == ColumnKind::list && reference.members.empty())
    return fmt::format("cardinality({})", value);
  if (reference.live->kind != ColumnKind::jsonb)
    throw Error(ErrorKind::usage,
                fmt::format("count() needs a column of type jsonb or an array, not {}", reference.live->type));
  const std::string list =
      reference.members.empty() ? value : fmt::format("({} #> {})", value, postgres_path(reference.members));
  return fmt::format("CASE WHEN jsonb_typeof({0}) = 'array' THEN jsonb_array_length({0}) END", list);
}

std::string TableSql::number(const Reference& reference) const {
  if (reference.is_count) return count(reference);
  if (flavour_ == SqlFlavour::sqlite) {
    const std::string value = reference.members.empty() ? column(reference) : path(reference);
    return fmt::format("CASE WHEN typeof({0}) IN ('integer', 'real') THEN {0} END", value);
  }
  if (!reference.members.empty()) {
    if (!can_parse(reference)) return {};
    return fmt::format("CASE WHEN jsonb_typeof({0} #> {1}) = 'number' THEN ({0} #>> {1})::numeric END",
                       column(reference), postgres_path(reference.members));
  }
  if (reference.live->kind != ColumnKind::integer && reference.live->kind != ColumnKind::number)
    throw Error(ErrorKind::usage, fmt::format("a column of type {} holds no numbers", reference.live->type));
  return column(reference);
}

const std::string* TableSql::mapped(const std::string& field) const {
  const auto found = table_.columns.find(field);
  return found == table_.columns.end() ? nullptr : &found->second;
}

const DescribedLiteral* TableSql::absent(const std::string& field) const {
  const auto found = table_.absent.find(field);
  return found == table_.absent.end() ? nullptr : &found->second;
}

std::string TableSql::unit_of(const std::string& field) const {
  if (const auto own = table_.epoch.find(field); own != table_.epoch.end()) return own->second;
  const auto all = table_.epoch.find("");
  return all == table_.epoch.end() ? "" : all->second;
}

std::string TableSql::time_at(const Reference& reference, const std::string& field) const {
  if (!reference.members.empty() && flavour_ == SqlFlavour::postgresql)
    throw Error(ErrorKind::usage, "times are read from columns, not from paths into them");
  const std::string unit = unit_of(field);
  const std::string value = reference.members.empty() ? column(reference) : path(reference);
  return time_of(flavour_, value, *reference.live, {unit, table_.zone, absent(field)});
}

std::optional<std::string> TableSql::time(const std::string& field) {
  const std::string* where = mapped(field);
  if (where == nullptr) return std::nullopt;
  return time_at(reference(*where), field);
}

std::optional<FieldSql> TableSql::field(const std::string& name) {
  const std::string* where = mapped(name);
  const auto standard = table_.defaults.find(name);
  if (where == nullptr && standard == table_.defaults.end()) return std::nullopt;
  if (where == nullptr) return FieldSql{quoted_text(flavour_, standard->second)};
  const Reference value = reference(*where);
  if (is_time_field(name)) return FieldSql{time_at(value, name)};
  std::string expression = is_number_field(name) || value.is_count ? number(value) : text(value);
  if (expression.empty()) {
    if (name != "kind" && !is_number_field(name))
      throw Error(ErrorKind::usage, fmt::format("a path into a column of type {} can be read for kind, attempts and "
                                                "max_attempts only",
                                                value.live->type))
          .with_hint("where all of its texts are JSON, make it a column of type jsonb");
    const std::string document = column(value) + "::text";
    return FieldSql{fmt::format("CASE WHEN octet_length({0}) <= {1} THEN {0} END", document, most_document),
                    value.members};
  }
  if (const DescribedLiteral* none = absent(name)) {
    const std::string as_text = is_number_field(name) ? expression : quoted_text(flavour_, none->text);
    expression = fmt::format("nullif({}, {})", expression,
                             is_number_field(name) ? literal_of(flavour_, *value.live, *none) : as_text);
  }
  if (standard != table_.defaults.end())
    expression = fmt::format("coalesce({}, {})", expression, quoted_text(flavour_, standard->second));
  return FieldSql{expression};
}

std::string TableSql::field_of(const std::string& subject) const {
  const std::string* where = mapped(subject);
  const bool is_column = live_.columns.contains(subject);
  if (where == nullptr || (is_column && *where != subject)) return {};
  return subject;
}

std::string TableSql::equals(const Reference& reference, const DescribedCondition& condition) const {
  const bool own = reference.members.empty() && !reference.is_count && has_own_literals(reference.live->kind);
  std::vector<std::string> literals;
  for (const DescribedLiteral& literal : condition.values)
    literals.push_back(own && reference.live->kind != ColumnKind::label ? literal_of(flavour_, *reference.live, literal)
                                                                        : quoted_text(flavour_, literal.text));
  if (own && reference.live->kind == ColumnKind::label)
    for (const DescribedLiteral& literal : condition.values) literal_of(flavour_, *reference.live, literal);
  std::string value = own && reference.live->kind != ColumnKind::label ? column(reference) : text(reference);
  if (reference.is_count) value = fmt::format("CAST({} AS TEXT)", count(reference));
  if (value.empty())
    throw Error(ErrorKind::usage,
                fmt::format("a path into a column of type {} cannot tell states", reference.live->type));
  if (literals.size() == 1) return fmt::format("{} = {}", value, literals.front());
  return fmt::format("{} IN ({})", value, fmt::join(literals, ", "));
}

std::string TableSql::condition(const DescribedCondition& condition) {
  using Kind = DescribedCondition::Kind;
  const std::string field = field_of(condition.subject);
  const Reference value = reference(field.empty() ? condition.subject : *mapped(field));
  switch (condition.kind) {
    case Kind::equal: return equals(value, condition);
    case Kind::past: return fmt::format("{} <= {}", time_at(value, field), current_time(flavour_));
    case Kind::future: return fmt::format("{} > {}", time_at(value, field), current_time(flavour_));
    case Kind::over:
    case Kind::under: {
      const std::string number = this->number(value);
      if (number.empty())
        throw Error(ErrorKind::usage,
                    fmt::format("a path into a column of type {} cannot tell states", value.live->type));
      static const LiveColumn any{"number", ColumnKind::number};
      return fmt::format("{} {} {}", number, condition.kind == Kind::over ? ">" : "<",
                         literal_of(flavour_, any, condition.values.at(0)));
    }
    case Kind::set:
    case Kind::null: {
      std::string whole = is_time_field(field) && absent(field) != nullptr ? time_at(value, field)
                          : value.members.empty()                          ? column(value)
                                                                           : text(value);
      if (whole.empty())
        throw Error(ErrorKind::usage,
                    fmt::format("a path into a column of type {} cannot tell states", value.live->type));
      if (!is_time_field(field) && !field.empty() && absent(field) != nullptr)
        whole = fmt::format("nullif({}, {})", text(value), quoted_text(flavour_, absent(field)->text));
      return fmt::format("{} {}", whole, condition.kind == Kind::set ? "IS NOT NULL" : "IS NULL");
    }
  }
  return "1 = 0";
}

}  // namespace queuetrace::described
