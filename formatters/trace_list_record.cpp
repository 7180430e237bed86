#include "formatters/trace_list_record.hpp"

#include <algorithm>
#include <array>

#include "formatters/cell.hpp"
#include "formatters/record.hpp"
#include "model/job_attention.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::size_t most_listed_names = 20;

constexpr std::array trace_list_fields{
    Column{.field = "trace_id", .heading = "TRACE"},
    Column{.field = "jobs", .heading = "JOBS", .right = true},
    Column{.field = "failed", .heading = "FAILED", .right = true},
    Column{.field = "unfinished", .heading = "UNFINISHED", .right = true},
    Column{.field = "first_at", .heading = "FIRST"},
    Column{.field = "last_at", .heading = "LAST"},
    Column{.field = "total_ms", .heading = "TOTAL", .right = true},
    Column{.field = "held_ms", .heading = "HELD", .where = Where::wide, .right = true},
    Column{.field = "waiting_ms", .heading = "WAITED", .right = true},
    Column{.field = "running_ms", .heading = "RAN", .where = Where::wide, .right = true},
    Column{.field = "states", .heading = "STATES", .shrinkable = true},
    Column{.field = "systems", .heading = "SYSTEMS", .where = Where::wide},
    Column{.field = "sources", .heading = "SOURCES", .where = Where::wide},
    Column{.field = "queues", .heading = "QUEUES", .where = Where::wide, .shrinkable = true},
    Column{.field = "correlation_ids", .heading = "CORRELATION", .where = Where::wide, .shrinkable = true},
    Column{.field = "error", .heading = "ERROR", .where = Where::wide, .shrinkable = true},
    Column{.field = "trace_status", .heading = "STATUS", .where = Where::never},
    Column{.field = "trace_url", .heading = "TRACE URL", .where = Where::never, .shrinkable = true}};

Values first_names(const std::set<Untrusted>& names) {
  Values values;
  for (const Untrusted& name : names)
    if (values.size() < most_listed_names) values.emplace_back(name);
  return values;
}

Value counted(std::uint64_t count) { return static_cast<std::int64_t>(count); }

DerivedText last_age(const Record& record, CellText& cells) { return {age_in(record, "last_at", cells)}; }

/// `2 dead, 4 completed`
DerivedText states_text(const Record& record, CellText&) {
  const Value* value = find_value(record, "states");
  const auto* counts = value == nullptr ? nullptr : std::get_if<Fields>(value);
  std::string text;
  if (counts == nullptr) return {};
  for (const Field& count : *counts)
    text += (text.empty() ? "" : ", ") + std::to_string(std::get<std::int64_t>(count.value)) + " " + count.name;
  return {text};
}

constexpr std::array trace_list_view_columns{
    TableColumn{.field = "trace_id", .heading = "TRACE"},
    TableColumn{.field = "jobs", .heading = "JOBS", .right = true},
    TableColumn{.field = "failed", .heading = "FAILED", .right = true, .drop = 2, .attention = Attention::failures},
    TableColumn{.field = "last_at", .heading = "LAST", .right = true, .drop = 4, .text = last_age},
    TableColumn{.field = "total_ms", .heading = "TOTAL", .right = true},
    TableColumn{.field = "waiting_ms", .heading = "WAITED", .right = true, .drop = 3},
    TableColumn{.field = "systems",
                .heading = "SYSTEMS",
                .kind = CellKind::name,
                .least = 12,
                .drop = 1,
                .from_width = 100,
                .differs = true},
    TableColumn{.field = "states", .heading = "STATES", .kind = CellKind::text, .least = 16, .text = states_text},
    TableColumn{.field = "error", .heading = {}, .kind = CellKind::message, .most_lines = 2}};

constexpr TableView trace_list_view{trace_list_view_columns};

}  // namespace

std::optional<Milliseconds> TraceSummary::total() const {
  if (!first || !last || *last < *first) return std::nullopt;
  return std::chrono::duration_cast<Milliseconds>(*last - *first);
}

Record trace_list_record(const TraceSummary& trace) {
  Fields counts;
  for (const JobState state : job_states_by_attention)
    if (const auto found = trace.states.find(state); found != trace.states.end())
      counts.push_back({std::string(to_word(state)), counted(found->second)});
  return {{"trace_id", trace.trace_id},
          {"trace_status", std::string(to_word(trace.status))},
          {"jobs", counted(trace.totals.jobs)},
          {"states", std::move(counts)},
          {"failed", counted(trace.totals.failed)},
          {"unfinished", counted(trace.totals.unfinished)},
          {"first_at", known_or_nothing(trace.first)},
          {"last_at", known_or_nothing(trace.last)},
          {"total_ms", known_or_nothing(trace.total())},
          {"held_ms", trace.totals.held},
          {"waiting_ms", trace.totals.waiting},
          {"running_ms", trace.totals.running},
          {"systems", Values(trace.totals.systems.begin(), trace.totals.systems.end())},
          {"sources", Values(trace.totals.sources.begin(), trace.totals.sources.end())},
          {"queues", first_names(trace.queues)},
          {"correlation_ids", first_names(trace.correlation_ids)},
          {"error", known_or_nothing(trace.error)},
          {"trace_url", known_or_nothing(trace.trace_url)}};
}

std::span<const Column> trace_list_columns() { return trace_list_fields; }

const TableView& trace_list_table() { return trace_list_view; }

}  // namespace queuetrace
