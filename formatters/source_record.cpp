#include "formatters/source_record.hpp"

#include <array>

#include "model/connection_url.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array columns{
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
    Column{.field = "redact", .heading = "REDACT", .where = Where::never, .shrinkable = true}};

Value text_or_nothing(const std::optional<std::string>& text) {
  if (!text) return {};
  return *text;
}

}  // namespace

Record source_record(const Source& source) {
  // As a list of pairs: the names are key names of Redis, and must not be taken for payload keys to hide.
  Values keys;
  for (const auto& [name, key] : source.keys) keys.emplace_back(Fields{{"option", name}, {"name", key}});
  Values redact(source.redact.begin(), source.redact.end());
  return {{"name", source.name},
          {"system", text_or_nothing(source.system)},
          {"url", masked_url(source.url.reveal())},
          {"protected", source.is_protected},
          {"read_only", source.read_only},
          {"origin", source.origin},
          {"schema", text_or_nothing(source.schema)},
          {"viewer", text_or_nothing(source.viewer)},
          {"connect_timeout_ms", source.connect_timeout},
          {"statement_timeout_ms", source.statement_timeout},
          {"keys", keys.empty() ? Value() : Value(std::move(keys))},
          {"redact", redact.empty() ? Value() : Value(std::move(redact))}};
}

std::span<const Column> source_columns() { return columns; }

}  // namespace queuetrace
