#include "formatters/error_group_record.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "formatters/cell.hpp"
#include "formatters/record.hpp"
#include "formatters/sparkline.hpp"

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
    Column{.field = "sample_error", .heading = "SAMPLE ERROR", .where = Where::never, .shrinkable = true},
    Column{.field = "queue_counts", .heading = "QUEUE COUNTS", .where = Where::never, .shrinkable = true},
    Column{.field = "trend", .heading = "TREND", .where = Where::never},
    Column{.field = "last_error", .heading = "LAST ERROR", .where = Where::never, .shrinkable = true}};

/// Queues named for one group.
constexpr std::size_t most_queues = 20;

DerivedText first_seen(const Record& record, CellText& cells) { return {age_in(record, "first_seen_at", cells)}; }
DerivedText last_seen(const Record& record, CellText& cells) { return {age_in(record, "last_seen_at", cells)}; }

/// `email 9`, of the first queues; how many there are beside them.
std::string some_queues(const Record& record, CellText& cells, std::size_t most, std::size_t& others) {
  const Value* value = find_value(record, "queue_counts");
  const auto* counts = value == nullptr ? nullptr : std::get_if<Values>(value);
  others = 0;
  if (counts == nullptr) return {};
  std::string text;
  for (std::size_t index = 0; index < std::min(most, counts->size()); ++index) {
    const auto* one = std::get_if<Fields>(&(*counts)[index]);
    if (one == nullptr) continue;
    text += (index > 0 ? ", " : "") + cells.line({"queue", *find_value(*one, "queue")}) + " " +
            cells.line({"jobs", *find_value(*one, "jobs")});
  }
  others = counts->size() - std::min(most, counts->size());
  return text;
}

/// `+`, where more queues are not even named.
std::string unnamed(const Record& record) {
  const Value* more = find_value(record, "more");
  return more != nullptr && std::holds_alternative<bool>(*more) && std::get<bool>(*more) ? "+" : "";
}

/// `email 9, search-index 3, 12 more`
DerivedText two_queues(const Record& record, CellText& cells) {
  std::size_t others = 0;
  std::string text = some_queues(record, cells, 2, others);
  if (others > 0) text += ", " + std::to_string(others) + unnamed(record) + " more";
  return {text};
}

/// `email 9, +13`
DerivedText one_queue(const Record& record, CellText& cells) {
  std::size_t others = 0;
  std::string text = some_queues(record, cells, 1, others);
  if (others > 0) text += ", +" + std::to_string(others) + unnamed(record);
  return {text};
}

/// A bar for each part of the time looked at; nothing where no job of the group ended in it.
DerivedText trend(const Record& record, CellText& cells) {
  const Value* value = find_value(record, "trend");
  const auto* parts = value == nullptr ? nullptr : std::get_if<Values>(value);
  if (parts == nullptr) return {};
  std::vector<std::optional<std::uint64_t>> counts;
  for (const Value& part : *parts)
    if (const auto* count = std::get_if<std::int64_t>(&part)) counts.emplace_back(*count);
  const bool any = std::ranges::any_of(counts, [](const auto& count) { return *count > 0; });
  return {any ? sparkline(counts, cells.is_ascii()) : std::string()};
}

constexpr std::size_t one_line_from = 110;

constexpr std::array table_of_error_group{
    TableColumn{.field = "group", .heading = "GROUP"},
    TableColumn{.field = "count", .heading = "JOBS", .right = true},
    TableColumn{.field = "first_seen_at", .heading = "FIRST", .right = true, .text = first_seen},
    TableColumn{.field = "last_seen_at", .heading = "LAST", .right = true, .text = last_seen},
    TableColumn{.field = "trend", .heading = "TREND", .drop = 1, .from_width = one_line_from, .text = trend},
    TableColumn{.field = "queues",
                .heading = "QUEUES",
                .kind = CellKind::name,
                .least = 16,
                .to_width = one_line_from,
                .text = two_queues},
    TableColumn{.field = "queues",
                .heading = "QUEUES",
                .kind = CellKind::name,
                .least = 16,
                .from_width = one_line_from,
                .text = one_queue},
    TableColumn{
        .field = "last_error", .heading = "MESSAGE", .kind = CellKind::text, .least = 40, .from_width = one_line_from},
    TableColumn{
        .field = "last_error", .heading = {}, .kind = CellKind::message, .most_lines = 2, .to_width = one_line_from}};

constexpr TableView view_of_error_group{table_of_error_group};

}  // namespace

Record error_group_record(const ErrorGroup& group) {
  std::vector<std::pair<Untrusted, std::uint64_t>> queues(group.queues.begin(), group.queues.end());
  std::ranges::stable_sort(queues, [](const auto& left, const auto& right) { return left.second > right.second; });
  const bool more = group.more || queues.size() > most_queues;
  queues.resize(std::min(queues.size(), most_queues));
  Values counts;
  for (const auto& [queue, jobs] : queues)
    counts.emplace_back(Fields{{"queue", queue}, {"jobs", static_cast<std::int64_t>(jobs)}});
  std::ranges::sort(queues);
  Values names, trend;
  for (const auto& [queue, jobs] : queues) names.emplace_back(queue);
  for (const std::uint64_t jobs : group.trend) trend.emplace_back(static_cast<std::int64_t>(jobs));
  return {{"group", group.group},
          {"count", static_cast<std::int64_t>(group.count)},
          {"share_percent", std::round(group.share * 10) / 10},
          {"first_seen_at", known_or_nothing(group.first_seen)},
          {"last_seen_at", known_or_nothing(group.last_seen)},
          {"attempts", static_cast<std::int64_t>(group.attempts)},
          {"message", group.message},
          {"queues", std::move(names)},
          {"kinds", Values(group.kinds.begin(), group.kinds.end())},
          {"more", more},
          {"systems", Values(group.systems.begin(), group.systems.end())},
          {"sources", Values(group.sources.begin(), group.sources.end())},
          {"sample", Untrusted(group.sample.source + "/" + group.sample.id.raw())},
          {"trace_id", known_or_nothing(group.trace_id)},
          {"trace_url", known_or_nothing(group.trace_url)},
          {"sample_error", group.sample_error},
          {"queue_counts", std::move(counts)},
          {"trend", std::move(trend)},
          {"last_error", group.last_error}};
}

std::span<const Column> error_group_columns() { return columns_of_error_group; }

const TableView& error_group_table() { return view_of_error_group; }

}  // namespace queuetrace
