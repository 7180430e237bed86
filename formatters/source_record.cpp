#include "formatters/source_record.hpp"

#include <array>

#include "formatters/cell.hpp"
#include "formatters/record.hpp"
#include "model/connection_url.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array columns_of_source{
    Column{.field = "name", .heading = "NAME"},
    Column{.field = "system", .heading = "SYSTEM"},
    Column{.field = "url", .heading = "URL", .shrinkable = true},
    Column{.field = "protected", .heading = "PROTECTED"},
    Column{.field = "read_only", .heading = "READ ONLY", .where = Where::wide},
    Column{.field = "origin", .heading = "FROM", .where = Where::wide, .shrinkable = true},
    Column{.field = "schema", .heading = "SCHEMA", .where = Where::wide},
    Column{.field = "viewer", .heading = "VIEWER", .where = Where::wide},
    Column{.field = "connect_timeout_ms", .heading = "CONNECT TIMEOUT", .where = Where::never, .right = true},
    Column{.field = "statement_timeout_ms", .heading = "STATEMENT TIMEOUT", .where = Where::never, .right = true},
    Column{.field = "keys", .heading = "KEYS", .where = Where::never, .shrinkable = true},
    Column{.field = "redact", .heading = "REDACT", .where = Where::never, .shrinkable = true},
    Column{.field = "default", .heading = "DEFAULT", .where = Where::wide},
    Column{.field = "groups", .heading = "GROUPS", .where = Where::wide},
    Column{.field = "status", .heading = "STATUS", .where = Where::wide},
    Column{.field = "systems", .heading = "SYSTEMS", .where = Where::wide, .shrinkable = true},
    Column{.field = "may_change", .heading = "MAY CHANGE", .where = Where::wide},
    Column{.field = "obstacle", .heading = "OBSTACLE", .where = Where::wide, .wraps = true},
    Column{.field = "error_code", .heading = "ERROR CODE", .where = Where::never},
    Column{.field = "error", .heading = "ERROR", .where = Where::wide, .wraps = true},
    Column{.field = "elapsed_ms", .heading = "TOOK", .where = Where::wide, .right = true}};

const bool* flag(const Record& record, std::string_view field) {
  const Value* value = find_value(record, field);
  return value == nullptr ? nullptr : std::get_if<bool>(value);
}

/// `*` beside what is asked where no source is named.
DerivedText default_mark(const Record& record, CellText&) {
  const bool* is_default = flag(record, "default");
  return {is_default != nullptr && *is_default ? "*" : ""};
}

constexpr std::array table_of_source{
    TableColumn{.field = "name", .heading = "NAME", .kind = CellKind::name, .least = 12},
    TableColumn{.field = "default", .heading = "DEFAULT", .drop = 3, .text = default_mark},
    TableColumn{.field = "groups", .heading = "GROUPS", .kind = CellKind::name, .least = 8, .drop = 2},
    TableColumn{.field = "system", .heading = "SYSTEM", .drop = 1},
    TableColumn{.field = "protected", .heading = "PROTECTED", .attention = Attention::doubts, .nothing = "no"},
    TableColumn{.field = "read_only", .heading = "READ ONLY", .drop = 4, .nothing = "no"},
    TableColumn{.field = "url", .heading = "URL", .kind = CellKind::text, .least = 20}};

DerivedText rights(const Record& record, CellText&) {
  const bool* may_change = flag(record, "may_change");
  return {may_change == nullptr ? "" : *may_change ? "read, change" : "read"};
}

/// Why it did not answer, or why nothing can be changed.
DerivedText trouble(const Record& record, CellText& cells) {
  for (const std::string_view field : {"error", "obstacle"})
    if (const Value* value = find_value(record, field); value != nullptr && is_known(*value))
      return {cells.line({std::string(field), *value})};
  return {};
}

constexpr std::array table_of_asked_source{
    TableColumn{.field = "name", .heading = "NAME", .kind = CellKind::name, .least = 12},
    TableColumn{.field = "default", .heading = "DEFAULT", .drop = 2, .text = default_mark},
    TableColumn{.field = "status", .heading = "STATUS", .attention = Attention::state},
    TableColumn{.field = "may_change", .heading = "RIGHTS", .text = rights},
    TableColumn{
        .field = "protected", .heading = "PROTECTED", .drop = 3, .attention = Attention::doubts, .nothing = "no"},
    TableColumn{.field = "systems", .heading = "SYSTEMS", .kind = CellKind::text, .least = 16},
    TableColumn{
        .field = "error", .heading = {}, .kind = CellKind::message, .attention = Attention::doubts, .text = trouble}};

constexpr TableView view_of_source{table_of_source};
constexpr TableView view_of_asked_source{table_of_asked_source};

}  // namespace

Record source_record(const Source& source, const std::optional<SourceUse>& use,
                     const std::optional<SourceAnswer>& answer) {
  // As a list of pairs: the names are key names of Redis, and must not be taken for payload keys to hide.
  Values keys;
  for (const auto& [name, key] : source.keys)
    keys.emplace_back(Fields{{"option", name}, {"name", with_masked_urls(key)}});
  Values groups;
  if (use) groups.assign(use->groups.begin(), use->groups.end());
  const bool failed = answer && answer->failure, answered = answer && !answer->failure;
  Values systems;
  if (answered) systems.assign(answer->systems.begin(), answer->systems.end());
  Values redact(source.redact.begin(), source.redact.end());
  return {{"name", source.name},
          {"system", known_or_nothing(source.system)},
          {"url", masked_url(source.url.reveal())},
          {"protected", source.is_protected},
          {"read_only", source.read_only},
          {"origin", source.origin},
          {"schema", known_or_nothing(source.schema)},
          {"viewer", known_or_nothing(source.viewer)},
          {"connect_timeout_ms", source.connect_timeout},
          {"statement_timeout_ms", source.statement_timeout},
          {"keys", keys.empty() ? Value() : Value(std::move(keys))},
          {"redact", redact.empty() ? Value() : Value(std::move(redact))},
          {"default", use ? Value(use->is_default) : Value()},
          {"groups", groups.empty() ? Value() : Value(std::move(groups))},
          {"status", answer ? Value(std::string(answer->failure ? "failed" : "ok")) : Value()},
          {"systems", systems.empty() ? Value() : Value(std::move(systems))},
          {"may_change", answered ? Value(answer->may_change) : Value()},
          {"obstacle", answered ? known_or_nothing(answer->obstacle) : Value()},
          {"error_code", failed ? Value(std::string(to_word(*answer->failure))) : Value()},
          {"error", failed ? Value(answer->error) : Value()},
          {"elapsed_ms", answer ? Value(answer->elapsed) : Value()}};
}

std::span<const Column> source_columns() { return columns_of_source; }

const TableView& source_table() { return view_of_source; }

const TableView& asked_source_table() { return view_of_asked_source; }

}  // namespace queuetrace
