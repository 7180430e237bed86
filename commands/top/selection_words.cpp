#include "commands/top/selection_words.hpp"

#include "formatters/lasting.hpp"

namespace queuetrace {
namespace {

std::string line_of_field(const Record& record, std::string_view field, CellText& cells) {
  const Value* value = find_value(record, field);
  return value == nullptr ? std::string() : cells.line({std::string(field), *value});
}

/// `paused 3h49m by maria: partner API is down`, then `30 pending, 3 scheduled, 9 running`.
std::string about_queue(const Record& queue, CellText& cells) {
  std::string text = line_of_field(queue, "queue", cells) + ": ";
  if (line_of_field(queue, "paused", cells) == "yes") {
    const Value* since = find_value(queue, "paused_at");
    const auto* time = since == nullptr ? nullptr : std::get_if<Timestamp>(since);
    const std::string lasting = time == nullptr ? "" : lasting_text(*time, cells);
    text += lasting.empty() ? "paused" : "paused " + lasting;
    if (const std::string by = line_of_field(queue, "paused_by", cells); !by.empty()) text += " by " + by;
    if (const std::string reason = line_of_field(queue, "reason", cells); !reason.empty()) text += ": " + reason;
    text += "\n";
  }
  const Value* states = find_value(queue, "states");
  const auto* list = states == nullptr ? nullptr : std::get_if<Values>(states);
  std::string counts;
  if (list != nullptr)
    for (const Value& one : *list)
      if (const auto* state = std::get_if<Fields>(&one))
        counts += (counts.empty() ? "" : ", ") + line_of_field(*state, "count", cells) + " " +
                  line_of_field(*state, "state", cells);
  return text + (counts.empty() ? "no jobs" : counts);
}

std::string about_job(const Record& job, CellText& cells) {
  const std::string kind = line_of_field(job, "kind", cells);
  return line_of_field(job, "ref", cells) + (kind.empty() ? "" : "  " + kind) + "\n" +
         line_of_field(job, "error", cells);
}

}  // namespace

std::string selection_words(ViewKind view, const Record& row, CellText& cells) {
  switch (view) {
    case ViewKind::queues: return about_queue(row, cells);
    case ViewKind::jobs: return about_job(row, cells);
    case ViewKind::errors: return line_of_field(row, "last_error", cells);
    default: return {};
  }
}

std::string clock_of(Timestamp time, TimeStyle style) {
  const std::string text = style == TimeStyle::local ? to_local_time(time) : to_rfc3339(time);
  return text.size() < 19 ? text : text.substr(11, 8);
}

}  // namespace queuetrace
