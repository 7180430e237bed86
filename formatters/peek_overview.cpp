#include "formatters/peek_overview.hpp"

#include <algorithm>
#include <array>

#include "formatters/cell.hpp"
#include "formatters/lasting.hpp"
#include "formatters/record.hpp"
#include "formatters/statistics_record.hpp"

namespace queuetrace {
namespace {

constexpr std::array columns_of_overview{Column{.field = "queue", .heading = "QUEUE", .shrinkable = true},
                                         Column{.field = "source", .heading = "SOURCE"},
                                         Column{.field = "next", .heading = "NEXT"},
                                         Column{.field = "created_at", .heading = "CREATED"},
                                         Column{.field = "due", .heading = "DUE", .right = true},
                                         Column{.field = "due_exactness", .heading = "DUE EXACTNESS"},
                                         Column{.field = "held", .heading = "HELD", .right = true},
                                         Column{.field = "held_exactness", .heading = "EXACTNESS"},
                                         Column{.field = "why", .heading = "WHY HELD", .shrinkable = true},
                                         Column{.field = "paused", .heading = "PAUSED"},
                                         Column{.field = "paused_at", .heading = "PAUSED AT"}};

DerivedText age_of_next(const Record& record, CellText& cells) { return {age_in(record, "created_at", cells)}; }

/// `46`, `100+` where there may be more
DerivedText bounded_jobs(const Record& record, std::string_view count, std::string_view exactness, CellText& cells) {
  const Value* jobs = find_value(record, count);
  const Value* how = find_value(record, exactness);
  if (jobs == nullptr || how == nullptr) return {};
  const auto* word = std::get_if<std::string>(how);
  const bool more = word != nullptr && *word != to_word(Exactness::exact);
  return {cells.line({std::string(count), *jobs}) + (more ? "+" : "")};
}
DerivedText due_jobs(const Record& record, CellText& cells) {
  return bounded_jobs(record, "due", "due_exactness", cells);
}
DerivedText held_jobs(const Record& record, CellText& cells) {
  return bounded_jobs(record, "held", "held_exactness", cells);
}

/// `paused 3h, 7 retrying, 3 scheduled`
DerivedText why_held(const Record& record, CellText& cells) {
  std::string words;
  const Value* paused = find_value(record, "paused");
  if (paused != nullptr && std::holds_alternative<bool>(*paused) && std::get<bool>(*paused)) {
    const Value* at = find_value(record, "paused_at");
    words = short_pause_text(at == nullptr ? nullptr : std::get_if<Timestamp>(at), cells);
  }
  const Value* why = find_value(record, "why");
  const std::string others = why == nullptr ? std::string() : cells.line({"why", *why});
  return {words + (words.empty() || others.empty() ? "" : ", ") + others};
}

constexpr std::array table_of_overview{
    TableColumn{.field = "queue", .heading = "QUEUE", .kind = CellKind::name, .least = 16},
    TableColumn{
        .field = "source", .heading = "SOURCE", .kind = CellKind::name, .least = 10, .drop = 3, .differs = true},
    TableColumn{.field = "next", .heading = "NEXT", .kind = CellKind::id, .drop = 2},
    TableColumn{.field = "created_at", .heading = "AGE", .right = true, .drop = 1, .text = age_of_next},
    TableColumn{.field = "due", .heading = "DUE", .right = true, .text = due_jobs},
    TableColumn{.field = "held", .heading = "HELD", .right = true, .text = held_jobs},
    TableColumn{.field = "why",
                .heading = "WHY HELD",
                .kind = CellKind::text,
                .least = 24,
                .attention = Attention::doubts,
                .text = why_held}};

constexpr TableView view_of_overview{table_of_overview};

/// `retrying` of `retrying-state`: the whole word stands where one queue is asked about.
std::string short_reason(const std::string& reason) {
  constexpr std::string_view kind = "-state";
  return reason.ends_with(kind) ? reason.substr(0, reason.size() - kind.size()) : reason;
}

}  // namespace

Record peek_overview_record(const std::string& source, const PeekQueue& queue, Exactness due) {
  std::uint64_t held = 0;
  Exactness exactness = Exactness::exact;
  std::string why, scheduled;
  const bool takes = !queue.next.empty() && !queue.pause;
  for (const Waiting& waiting : queue.waiting) {
    held += waiting.count.value_or(0);
    if (waiting.capped || !waiting.count) exactness = Exactness::at_least;
    if (waiting.count == 0u || (queue.pause && waiting.reason == "paused")) continue;
    std::string& words = waiting.reason == "scheduled" ? scheduled : why;
    words += (words.empty() ? "" : ", ") + (waiting.count ? std::to_string(*waiting.count) + " " : "") +
             short_reason(waiting.reason);
  }
  if (!scheduled.empty()) why += (why.empty() ? "" : ", ") + scheduled;
  return {{"queue", queue.queue},
          {"source", source},
          {"next", takes ? Value(queue.next.front().ref.id) : Value()},
          {"created_at", takes ? known_or_nothing(queue.next.front().created_at) : Value()},
          {"due", takes ? static_cast<std::int64_t>(queue.next.size()) : std::int64_t{0}},
          {"due_exactness", std::string(to_word(takes ? due : Exactness::exact))},
          {"held", static_cast<std::int64_t>(held)},
          {"held_exactness", std::string(to_word(exactness))},
          {"why", text_or_nothing(why)},
          {"paused", queue.pause.has_value()},
          {"paused_at", queue.pause ? known_or_nothing(queue.pause->since) : Value()}};
}

std::span<const Column> peek_overview_columns() { return columns_of_overview; }

const TableView& peek_overview_table() { return view_of_overview; }

}  // namespace queuetrace
