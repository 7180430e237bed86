#include "formatters/queue_show_record.hpp"

#include <fmt/format.h>

#include <array>
#include <cmath>

#include "formatters/escape.hpp"
#include "formatters/peek_record.hpp"
#include "formatters/queue_tables.hpp"
#include "formatters/record.hpp"
#include "formatters/short_ids.hpp"
#include "formatters/statistics_record.hpp"
#include "model/age.hpp"
#include "model/queue_verdict.hpp"

namespace queuetrace {
namespace {

constexpr std::array own_columns{Column{.field = "verdict", .heading = "VERDICT"},
                                 Column{.field = "verdict_text", .heading = "WHY", .wraps = true},
                                 Column{.field = "held", .heading = "HELD"},
                                 Column{.field = "next", .heading = "NEXT"},
                                 Column{.field = "errors", .heading = "ERRORS"},
                                 Column{.field = "errors_exactness", .heading = "ERRORS EXACTNESS"}};

std::vector<Column> make_columns() {
  std::vector<Column> columns(own_columns.begin(), own_columns.begin() + 2);
  for (const Column& column : queue_statistics_columns()) columns.push_back(column);
  columns.insert(columns.end(), own_columns.begin() + 2, own_columns.end());
  return columns;
}

constexpr std::array screen{Column{.field = "queue", .heading = "QUEUE"},
                            Column{.field = "verdict_text", .heading = "VERDICT", .wraps = true},
                            Column{.field = "pause", .heading = "PAUSED", .wraps = true},
                            Column{.field = "waiting", .heading = "WAITING"},
                            Column{.field = "held", .heading = "HELD", .wraps = true},
                            Column{.field = "running", .heading = "RUNNING"},
                            Column{.field = "failed", .heading = "FAILED"},
                            Column{.field = "rates", .heading = "RATES", .wraps = true},
                            Column{.field = "errors", .heading = "ERRORS", .wraps = true},
                            Column{.field = "next", .heading = "NEXT", .wraps = true}};

Values held_values(const QueueScreen& facts) {
  Values held;
  if (!facts.next) return held;
  for (const Waiting& waiting : facts.next->waiting) {
    Fields fields;
    for (Field& field : waiting_record(facts.source, *facts.next, waiting))
      if (field.name != "source" && field.name != "queue") fields.push_back(std::move(field));
    held.push_back(std::move(fields));
  }
  return held;
}

Values error_values(const QueueScreen& facts) {
  Values errors;
  for (const ErrorGroup& group : facts.errors)
    errors.push_back(Fields{{"group", group.group},
                            {"count", static_cast<std::int64_t>(group.count)},
                            {"last_seen_at", known_or_nothing(group.last_seen)},
                            {"message", group.message},
                            {"sample_error", group.sample_error}});
  return errors;
}

/// `43`, `at least 43`, `about 43`
std::string count_text(const Count& count) {
  const std::string_view mark = count.exactness == Exactness::exact      ? ""
                                : count.exactness == Exactness::at_least ? "at least "
                                                                         : "about ";
  return fmt::format("{}{}", mark, count.value);
}

std::string pause_text(const QueueScreen& facts) {
  if (!facts.queue.paused.value_or(false)) return {};
  const QueuePause pause = facts.queue.pause.value_or(QueuePause{});
  std::string text = "yes";
  if (pause.since && facts.now)
    text = to_age(std::chrono::duration_cast<Milliseconds>(*facts.now - *pause.since)) + " ago";
  if (pause.by) text += " by " + pause.by->raw();
  if (pause.reason) text += ": " + pause.reason->raw();
  return text;
}

std::string waiting_text(const QueueScreen& facts) {
  std::string text = count_text(waiting_jobs(facts.queue));
  const Value age = oldest_age(facts.queue, facts.now);
  if (const auto* oldest = std::get_if<Milliseconds>(&age)) text += ", the oldest for " + to_age(*oldest);
  return text;
}

std::string rates_text(const QueueScreen& facts) {
  std::string text;
  const auto add = [&text](const std::string& part) { text += (text.empty() ? "" : ", ") + part; };
  const auto per_hour = [](double per_minute) { return std::to_string(std::llround(per_minute * 60)); };
  if (facts.queue.completed_per_minute) add(per_hour(*facts.queue.completed_per_minute) + " done/h");
  if (facts.queue.failed_per_minute) add(per_hour(*facts.queue.failed_per_minute) + " failed/h");
  if (facts.queue.wait) add("wait p95 " + to_human(facts.queue.wait->p95));
  if (facts.queue.run) add("run p95 " + to_human(facts.queue.run->p95));
  return text.empty() ? text : text + " (last " + to_age(facts.window) + ")";
}

/// `29  paused     due, held by the pause`
Values held_lines(const QueueScreen& facts) {
  Values lines;
  if (!facts.next) return lines;
  for (const Waiting& waiting : facts.next->waiting) {
    const std::string count =
        waiting.count ? std::to_string(*waiting.count) + (waiting.capped ? "+" : "") : std::string("some");
    std::string text = count + " " + waiting.reason + ": " + waiting.explanation;
    if (waiting.earliest && facts.now && *waiting.earliest > *facts.now)
      text += " (next in " + to_age(std::chrono::duration_cast<Milliseconds>(*waiting.earliest - *facts.now)) + ")";
    lines.push_back(std::move(text));
  }
  return lines;
}

Values error_lines(const QueueScreen& facts) {
  Values lines;
  for (const ErrorGroup& group : facts.errors)
    lines.push_back(Untrusted(std::to_string(group.count) + "  " + group.group + "  " + group.sample_error.raw()));
  return lines;
}

std::string next_text(const QueueScreen& facts) {
  std::vector<std::string> ids;
  if (facts.next)
    for (const Job& job : facts.next->next) ids.push_back(terminal_text(job.ref.id, Profile::ident));
  std::string text;
  for (const std::string& id : short_ids(ids)) text += (text.empty() ? "" : "  ") + id;
  return text;
}

template <class Text>
void add_text(Record& record, const char* name, Text text) {
  if (!text.empty()) record.push_back({name, std::move(text)});
}

}  // namespace

Record queue_show_record(const QueueScreen& facts) {
  const QueueVerdict verdict = queue_verdict(facts.queue, facts.now, facts.patience);
  Record record{{"verdict", verdict.word}, {"verdict_text", verdict.text}};
  for (Field& field : queue_statistics_record(facts.source, facts.system, facts.queue, facts.now))
    record.push_back(std::move(field));
  add_table_fields(record, facts.queue, facts.now);
  record.push_back({"held", held_values(facts)});
  Values next;
  if (facts.next)
    for (const Job& job : facts.next->next) next.push_back(Untrusted(facts.source + "/" + job.ref.id.raw()));
  record.push_back({"next", std::move(next)});
  record.push_back({"errors", error_values(facts)});
  record.push_back({"errors_exactness", std::string(facts.some_errors ? "at_least" : "exact")});
  return record;
}

std::span<const Column> queue_show_columns() {
  static const std::vector<Column> columns = make_columns();
  return columns;
}

Record queue_screen_record(const QueueScreen& facts) {
  const Count running = sum_of_states(facts.queue, {JobState::running});
  const std::uint64_t stale = facts.queue.stale ? facts.queue.stale->value : 0;
  Record record{{"queue", Untrusted(facts.queue.queue.raw() + " in " + facts.source + " (" + facts.system + ")")},
                {"verdict_text", queue_verdict(facts.queue, facts.now, facts.patience).text}};
  if (const std::string pause = pause_text(facts); !pause.empty()) record.push_back({"pause", Untrusted(pause)});
  add_text(record, "waiting", waiting_text(facts));
  if (Values held = held_lines(facts); !held.empty()) record.push_back({"held", std::move(held)});
  add_text(record, "running", count_text(running) + (stale > 0 ? ", " + std::to_string(stale) + " stale" : ""));
  add_text(record, "failed", count_text(failed_jobs(facts.queue)));
  add_text(record, "rates", rates_text(facts));
  if (Values errors = error_lines(facts); !errors.empty()) record.push_back({"errors", std::move(errors)});
  add_text(record, "next", next_text(facts));
  return record;
}

std::span<const Column> queue_screen_columns() { return screen; }

}  // namespace queuetrace
