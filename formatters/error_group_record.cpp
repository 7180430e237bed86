#include "formatters/error_group_record.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "formatters/cell.hpp"
#include "formatters/record.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array columns_of_error_group{
    Column{.field = "group", .heading = "GROUP"},
    Column{.field = "count", .heading = "COUNT", .right = true},
    Column{.field = "share_percent", .heading = "SHARE %", .right = true},
    Column{.field = "first_seen_at", .heading = "FIRST SEEN"},
    Column{.field = "last_seen_at", .heading = "LAST SEEN"},
    Column{.field = "attempts", .heading = "ATTEMPTS", .where = Where::wide, .right = true},
    Column{.field = "message", .heading = "MESSAGE", .shrinkable = true},
    Column{.field = "queues", .heading = "QUEUES", .shrinkable = true},
    Column{.field = "kinds", .heading = "KINDS", .where = Where::wide, .shrinkable = true},
    Column{.field = "more", .heading = "MORE", .where = Where::never},
    Column{.field = "systems", .heading = "SYSTEMS", .where = Where::wide},
    Column{.field = "sources", .heading = "SOURCES", .where = Where::wide},
    Column{.field = "sample", .heading = "SAMPLE"},
    Column{.field = "trace_id", .heading = "TRACE"},
    Column{.field = "trace_url", .heading = "TRACE URL", .where = Where::never, .shrinkable = true},
    Column{.field = "sample_error", .heading = "SAMPLE ERROR", .where = Where::never, .shrinkable = true}};

DerivedText age_of(const Record& record, std::string_view field, CellText& cells) {
  const Value* value = find_value(record, field);
  const auto* time = value == nullptr ? nullptr : std::get_if<Timestamp>(value);
  return {time == nullptr ? std::string() : cells.age(*time)};
}
DerivedText first_seen(const Record& record, CellText& cells) { return age_of(record, "first_seen_at", cells); }
DerivedText last_seen(const Record& record, CellText& cells) { return age_of(record, "last_seen_at", cells); }

/// `email, search-index, 12 more`
DerivedText queues(const Record& record, CellText& cells) {
  constexpr std::size_t most = 2;
  const Value* value = find_value(record, "queues");
  const auto* names = value == nullptr ? nullptr : std::get_if<Values>(value);
  if (names == nullptr) return {};
  std::string text;
  for (std::size_t index = 0; index < std::min(most, names->size()); ++index)
    text += (index > 0 ? ", " : "") + cells.line({"queue", (*names)[index]});
  const Value* more = find_value(record, "more");
  const bool unnamed = more != nullptr && std::holds_alternative<bool>(*more) && std::get<bool>(*more);
  if (names->size() > most) text += ", " + std::to_string(names->size() - most) + (unnamed ? "+" : "") + " more";
  return {text};
}

constexpr std::size_t one_line_from = 110;

constexpr std::array table_of_error_group{
    TableColumn{.field = "group", .heading = "GROUP"},
    TableColumn{.field = "count", .heading = "JOBS", .right = true},
    TableColumn{.field = "first_seen_at", .heading = "FIRST", .right = true, .text = first_seen},
    TableColumn{.field = "last_seen_at", .heading = "LAST", .right = true, .text = last_seen},
    TableColumn{.field = "queues", .heading = "QUEUES", .kind = CellKind::name, .least = 16, .text = queues},
    TableColumn{.field = "sample_error",
                .heading = "MESSAGE",
                .kind = CellKind::text,
                .least = 40,
                .from_width = one_line_from},
    TableColumn{.field = "sample_error", .heading = {}, .kind = CellKind::below, .to_width = one_line_from}};

constexpr TableView view_of_error_group{table_of_error_group};

}  // namespace

Record error_group_record(const ErrorGroup& group) {
  return {{"group", group.group},
          {"count", static_cast<std::int64_t>(group.count)},
          {"share_percent", std::round(group.share * 10) / 10},
          {"first_seen_at", known_or_nothing(group.first_seen)},
          {"last_seen_at", known_or_nothing(group.last_seen)},
          {"attempts", static_cast<std::int64_t>(group.attempts)},
          {"message", group.message},
          {"queues", Values(group.queues.begin(), group.queues.end())},
          {"kinds", Values(group.kinds.begin(), group.kinds.end())},
          {"more", group.more},
          {"systems", Values(group.systems.begin(), group.systems.end())},
          {"sources", Values(group.sources.begin(), group.sources.end())},
          {"sample", Untrusted(group.sample.source + "/" + group.sample.id.raw())},
          {"trace_id", known_or_nothing(group.trace_id)},
          {"trace_url", known_or_nothing(group.trace_url)},
          {"sample_error", group.sample_error}};
}

std::span<const Column> error_group_columns() { return columns_of_error_group; }

const TableView& error_group_table() { return view_of_error_group; }

}  // namespace queuetrace
