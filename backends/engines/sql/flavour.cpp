#include "backends/engines/sql/flavour.hpp"

#include <fmt/format.h>

#include <chrono>

#include "model/job_filter.hpp"

namespace queuetrace {
namespace {

bool is_postgresql(SqlFlavour flavour) { return flavour == SqlFlavour::postgresql; }

constexpr Timestamp first_year = std::chrono::sys_days(std::chrono::year(1) / 1 / 1);

/// PostgreSQL has no year 0 and takes no negative ones; its times begin in 4714 BC.
std::string time_before_christ(Timestamp time) {
  using std::chrono::floor, std::chrono::days, std::chrono::microseconds;
  constexpr Timestamp first_time = std::chrono::sys_days(std::chrono::year(-4713) / 11 / 24);
  if (time < first_time) return "-infinity";
  const auto day = floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss<microseconds> clock(time - day);
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}:{:02}.{:06}+00 BC", 1 - static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), clock.hours().count(),
                     clock.minutes().count(), clock.seconds().count(), clock.subseconds().count());
}

/// A JSON string; the list and path parameters of SQLite are JSON.
std::string json_string(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\')
      out += {'\\', c};
    else if (static_cast<unsigned char>(c) < 0x20)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
    else
      out += c;
  }
  return out + '"';
}

std::string array_literal(const std::vector<std::string>& values) {
  std::string out = "{";
  for (const std::string& value : values) {
    if (out.size() > 1) out += ',';
    out += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + '}';
}

std::string_view type_name(SqlType type) {
  switch (type) {
    case SqlType::text: return "text";
    case SqlType::integer: return "bigint";
    case SqlType::time: return "timestamptz";
    case SqlType::uuid: return "uuid";
  }
  return "text";
}

}  // namespace

std::string cast_list(SqlFlavour flavour, SqlType type) {
  return is_postgresql(flavour) ? fmt::format("::text[]::{}[]", type_name(type)) : "";
}

// The transaction that wrote the row; locking a row leaves it as it is. A function of SQLite takes 100 values.
std::string row_version(SqlFlavour flavour, std::string_view alias, const LiveTable& columns) {
  if (is_postgresql(flavour)) return fmt::format("{}.xmin::text", alias);
  std::string out;
  std::size_t count = 0;
  for (const auto& [name, type] : columns) {
    out += count == 0 ? "queuetrace_digest(" : count % 100 == 0 ? ") || queuetrace_digest(" : ", ";
    out += fmt::format("{}.{}", alias, quoted_identifier(name));
    ++count;
  }
  return out.empty() ? "''" : out + ")";
}

std::string row_place(SqlFlavour flavour, std::string_view alias, const LiveTable& columns) {
  if (is_postgresql(flavour)) return fmt::format("({0}.tableoid::text || {0}.ctid::text || {0}.xmin::text)", alias);
  return fmt::format("({}.rowid || ' ' || {})", alias, row_version(flavour, alias, columns));
}

std::string is_at_place(SqlFlavour flavour, std::string_view alias, const LiveTable& columns, std::string_view place,
                        std::vector<std::optional<std::string>>& parameters) {
  const auto add = [&](std::string_view part) {
    parameters.emplace_back(std::string(part));
    return fmt::format("${}", parameters.size());
  };
  if (!is_postgresql(flavour)) {
    const std::size_t end = std::min(place.find(' '), place.size());
    const std::string row = add(place.substr(0, end));
    return fmt::format("{}.rowid = CAST({} AS INTEGER) AND {} = {}", alias, row, row_version(flavour, alias, columns),
                       add(place.substr(std::min(end + 1, place.size()))));
  }
  const std::size_t begin = std::min(place.find('('), place.size());
  const std::size_t end = std::min(place.find(')', begin), place.size() - 1) + 1;
  const std::string table = add(place.substr(0, begin)), row = add(place.substr(begin, end - begin));
  return fmt::format("{0}.tableoid = {1}::oid AND {0}.ctid = {2}::tid AND {0}.xmin::text = {3}", alias, table, row,
                     add(place.substr(end)));
}

std::string locks_rows(SqlFlavour flavour, std::string_view alias, std::string_view order) {
  if (!is_postgresql(flavour)) return {};
  return fmt::format("{}{} FOR UPDATE OF {} SKIP LOCKED", order.empty() ? "" : " ORDER BY ", order, alias);
}

std::string cast_to(SqlFlavour flavour, SqlType type, std::string_view expression) {
  if (is_postgresql(flavour)) return fmt::format("{}::{}", expression, type_name(type));
  const bool number = type == SqlType::integer || type == SqlType::time;
  return fmt::format("CAST({} AS {})", expression, number ? "INTEGER" : "TEXT");
}

std::string as_text(SqlFlavour flavour, std::string_view expression) {
  return is_postgresql(flavour) ? fmt::format("({})::text", expression) : std::string(expression);
}

std::string_view null_text(SqlFlavour flavour) { return is_postgresql(flavour) ? "NULL::text" : "NULL"; }

std::string_view null_boolean(SqlFlavour flavour) { return is_postgresql(flavour) ? "NULL::boolean" : "NULL"; }

std::string_view current_time(SqlFlavour flavour) {
  return is_postgresql(flavour) ? "now()" : "CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER) * 1000";
}

std::string milliseconds_between(SqlFlavour flavour, std::string_view from, std::string_view until) {
  if (is_postgresql(flavour))
    return fmt::format(
        "CASE WHEN isfinite({0}) AND isfinite({1}) THEN floor(extract(epoch FROM ({1}) - ({0})) * 1000)::bigint END",
        from, until);
  return fmt::format("(({}) - ({})) / 1000", until, from);
}

// `0` without its type would be cast, and a subquery with a cast offset is not shared by workers.
std::string_view closed_subquery(SqlFlavour flavour) { return is_postgresql(flavour) ? " OFFSET bigint '0'" : ""; }

std::string part_of(SqlFlavour flavour, std::string_view text, int number) {
  if (is_postgresql(flavour)) return fmt::format("nullif(split_part({}, ' ', {}), '')", text, number);
  return fmt::format("nullif(json_extract('[\"' || replace({}, ' ', '\",\"') || '\"]', '$[{}]'), '')", text,
                     number - 1);
}

std::string equals_any(SqlFlavour flavour, SqlType type, std::string_view expression, std::string_view placeholder) {
  if (is_postgresql(flavour)) return fmt::format("{} = ANY({}::{}[])", expression, placeholder, type_name(type));
  return fmt::format("{} IN (SELECT value FROM json_each({}))", expression, placeholder);
}

std::string overlaps(SqlType type, std::string_view expression, std::string_view placeholder) {
  return fmt::format("{} && {}::{}[]", expression, placeholder, type_name(type));
}

std::string has_member(SqlFlavour flavour, std::string_view expression, std::string_view placeholder) {
  if (is_postgresql(flavour))
    return fmt::format(
        "EXISTS (SELECT 1 FROM jsonb_array_elements_text(CASE WHEN left(({0})::text, 1) = '[' THEN ({0})::text::jsonb "
        "END) member WHERE member = ANY({1}::text[]))",
        expression, placeholder);
  return fmt::format(
      "EXISTS (SELECT 1 FROM json_each(CASE WHEN json_valid({0}) THEN {0} END) member WHERE member.value IN (SELECT "
      "value FROM json_each({1})))",
      expression, placeholder);
}

std::string list_value(SqlFlavour flavour, const std::vector<std::string>& values) {
  if (is_postgresql(flavour)) return array_literal(values);
  std::string out = "[";
  for (const std::string& value : values) {
    if (out.size() > 1) out += ',';
    out += json_string(value);
  }
  return out + ']';
}

std::string matches_pattern(SqlFlavour flavour, std::string_view expression, std::string_view placeholder) {
  if (is_postgresql(flavour)) return fmt::format("{} LIKE {}::text", expression, placeholder);
  return fmt::format("{} GLOB {}", expression, placeholder);
}

std::string pattern_value(SqlFlavour flavour, std::string_view glob) {
  std::string out;
  for (std::size_t i = 0; i < glob.size();) {
    const GlobStep step = glob_step(glob, i);
    i += step.length;
    const char c = step.character;
    if (step.kind == GlobStep::Kind::any_text)
      out += is_postgresql(flavour) ? '%' : '*';
    else if (step.kind == GlobStep::Kind::any_character)
      out += is_postgresql(flavour) ? '_' : '?';
    else if (is_postgresql(flavour) && (c == '%' || c == '_' || c == '\\'))
      out += {'\\', c};
    else if (!is_postgresql(flavour) && (c == '[' || c == '*' || c == '?'))
      out += {'[', c, ']'};
    else
      out += c;
  }
  return out;
}

std::string contains_folded(SqlFlavour flavour, std::string_view expression, std::string_view placeholder) {
  if (is_postgresql(flavour)) return fmt::format("position(lower({}::text) IN lower({})) > 0", placeholder, expression);
  return fmt::format("instr(lower({}), lower({})) > 0", expression, placeholder);
}

std::string text_at_path(SqlFlavour flavour, std::string_view document, std::string_view placeholder) {
  if (is_postgresql(flavour)) return fmt::format("(({}) #>> {}::text[])", document, placeholder);
  return fmt::format(
      "CASE WHEN json_valid({0}) THEN CASE json_type({0}, {1}) WHEN 'text' THEN json_extract({0}, {1}) WHEN 'null' "
      "THEN NULL ELSE {0} -> {1} END END",  // -> keeps numbers as they are written
      document, placeholder);
}

std::string path_value(SqlFlavour flavour, const std::vector<std::string>& path) {
  if (is_postgresql(flavour)) return array_literal(path);
  std::string out = "$";
  for (const std::string& member : path) {
    if (!member.empty() && member.find_first_not_of("0123456789") == std::string::npos)
      out += fmt::format("[{}]", member);
    else
      out += '.' + json_string(member);
  }
  return out;
}

std::string unquoted(SqlFlavour flavour, std::string_view expression) {
  return is_postgresql(flavour) ? fmt::format("btrim({}, '\"')", expression)
                                : fmt::format("trim({}, '\"')", expression);
}

std::string time_value(SqlFlavour flavour, Timestamp time) {
  const std::int64_t count = time.time_since_epoch().count();
  if (!is_postgresql(flavour)) return fmt::format("{}", count);
  if (time != infinite_past && time < first_year) return time_before_christ(time);
  std::string text = to_rfc3339(time);
  if (!text.ends_with('Z')) return text;
  text.pop_back();
  return fmt::format("{}{:03}Z", text, (count % 1000 + 1000) % 1000);
}

std::string quoted_literal(SqlFlavour flavour, std::string_view text) {
  const bool escaped = is_postgresql(flavour) && text.find('\\') != std::string_view::npos;
  std::string out = escaped ? "E'" : "'";
  for (const char c : text) {
    if (c == '\'' || (escaped && c == '\\')) out += c;
    out += c;
  }
  return out + (is_postgresql(flavour) ? "'::text" : "'");
}

std::string quoted_identifier(std::string_view name) {
  std::string out = "\"";
  for (const char c : name) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string qualified_name(std::string_view schema, std::string_view table) {
  return quoted_identifier(schema) + '.' + quoted_identifier(table);
}

}  // namespace queuetrace
