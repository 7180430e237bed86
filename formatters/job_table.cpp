#include "formatters/job_table.hpp"

#include <algorithm>
#include <array>
#include <string>

#include "formatters/cell.hpp"
#include "formatters/record.hpp"
#include "formatters/short_ids.hpp"
#include "model/job_state.hpp"

namespace queuetrace {
namespace {

JobState state_of(const Record& record) {
  const Value* value = find_value(record, "state");
  const auto* word = value == nullptr ? nullptr : std::get_if<std::string>(value);
  return word == nullptr ? JobState::unknown : parse_job_state(*word).value_or(JobState::unknown);
}

const Timestamp* time_of(const Record& record, std::string_view field) {
  const Value* value = find_value(record, field);
  return value == nullptr ? nullptr : std::get_if<Timestamp>(value);
}

std::string text_of(const Record& record, std::string_view field, CellText& cells) {
  const Value* value = find_value(record, field);
  return value == nullptr ? std::string() : cells.line({std::string(field), *value});
}

DerivedText since(const Record& record, CellText& cells) { return {age_in(record, "since_at", cells)}; }

DerivedText age(const Record& record, CellText& cells) { return {age_in(record, "created_at", cells)}; }

/// `waits for daa27fb8`: up to three jobs, and how many more.
std::string waited_for(const Record& record, CellText& cells) {
  constexpr std::size_t most = 3;
  const Value* value = find_value(record, "parents");
  const auto* parents = value == nullptr ? nullptr : std::get_if<Values>(value);
  if (parents == nullptr || parents->empty()) return {};
  std::vector<std::string> ids;
  for (const Value& parent : *parents) ids.push_back(cells.line({"parents", parent}));
  const std::vector<std::string> shown = short_ids(ids);
  std::string text = "waits for ";
  for (std::size_t index = 0; index < std::min(most, shown.size()); ++index)
    text += (index > 0 ? ", " : "") + shown[index];
  if (shown.size() > most) text += " and " + std::to_string(shown.size() - most) + " more";
  return text;
}

/// The last error, behind what explains that the job is not done yet.
DerivedText note(const Record& record, CellText& cells) {
  const JobState state = state_of(record);
  const Timestamp* due = time_of(record, "scheduled_at");
  std::string why;
  if (state == JobState::blocked) why = waited_for(record, cells);
  if (due != nullptr && (state == JobState::scheduled || state == JobState::retrying || state == JobState::pending)) {
    why = cells.until(*due);
    if (!why.empty()) why = (state == JobState::retrying ? "next " : "due ") + why;
  }
  const std::string error = text_of(record, "error", cells);
  if (why.empty()) return {error};
  return {error.empty() ? why : why + ": " + error, true};
}

constexpr std::array columns_of_job_table{
    TableColumn{.field = "id", .heading = "ID", .kind = CellKind::id},
    TableColumn{.field = "state", .heading = "STATE", .attention = Attention::state},
    TableColumn{.field = "queue", .heading = "QUEUE", .kind = CellKind::name, .least = 22},
    TableColumn{.field = "kind", .heading = "KIND", .kind = CellKind::name, .least = 12, .drop = 2, .same_as = "queue"},
    TableColumn{.field = "attempts", .heading = "TRY", .right = true, .drop = 5, .out_of = "max_attempts"},
    TableColumn{.field = "since", .heading = "SINCE", .right = true, .text = since},
    TableColumn{.field = "created_at", .heading = "AGE", .right = true, .drop = 3, .text = age, .same_as = "since"},
    TableColumn{
        .field = "source", .heading = "SOURCE", .kind = CellKind::name, .least = 12, .drop = 6, .differs = true},
    TableColumn{.field = "trace_id", .heading = "TRACE", .kind = CellKind::trace, .drop = 1, .from_width = 100},
    TableColumn{.field = "error",
                .heading = "ERROR",
                .kind = CellKind::text,
                .least = 20,
                .text = note,
                .mixed_heading = "NOTE"}};

constexpr TableView view_of_job_table{columns_of_job_table};

}  // namespace

const TableView& job_table() { return view_of_job_table; }

}  // namespace queuetrace
