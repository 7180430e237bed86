#include "formatters/queue_show_record.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "formatters/escape.hpp"
#include "formatters/peek_record.hpp"
#include "formatters/queue_tables.hpp"
#include "formatters/record.hpp"
#include "formatters/short_ids.hpp"
#include "formatters/statistics_record.hpp"
#include "model/age.hpp"
#include "model/lasting.hpp"
#include "model/queue_verdict.hpp"

namespace queuetrace {
namespace {

constexpr std::array own_columns{Column{.field = "verdict", .heading = "VERDICT"},
                                 Column{.field = "verdict_text", .heading = "WHY", .wraps = true},
                                 Column{.field = "due", .heading = "DUE", .right = true},
                                 Column{.field = "held", .heading = "HELD"},
                                 Column{.field = "next", .heading = "NEXT"},
                                 Column{.field = "errors", .heading = "ERRORS"},
                                 Column{.field = "errors_exactness", .heading = "ERRORS EXACTNESS"},
                                 Column{.field = "last_failure", .heading = "LAST FAILURE"}};

std::vector<Column> make_columns() {
  std::vector<Column> columns(own_columns.begin(), own_columns.begin() + 2);
  for (const Column& column : queue_statistics_columns()) columns.push_back(column);
  columns.insert(columns.end(), own_columns.begin() + 2, own_columns.end());
  return columns;
}

constexpr std::array screen{Column{.field = "queue", .heading = "QUEUE", .wraps = true, .headline = true},
                            Column{.field = "why", .heading = "WHY", .wraps = true, .headline = true},
                            Column{.field = "waiting", .heading = "WAITING", .wraps = true},
                            Column{.field = "running", .heading = "RUNNING"},
                            Column{.field = "running_stale", .heading = "RUNNING"},
                            Column{.field = "failed", .heading = "FAILED"},
                            Column{.field = "last_failure", .heading = "LAST", .wraps = true},
                            Column{.field = "rates", .heading = "RATES", .wraps = true},
                            Column{.field = "errors", .heading = "ERRORS", .wraps = true},
                            Column{.field = "next", .heading = "NEXT", .wraps = true}};

/// Which of these lines stand out.
constexpr std::array attention_of_screen{
    TableColumn{.field = "running_stale", .heading = {}, .attention = Attention::doubts},
    TableColumn{.field = "failed", .heading = {}, .attention = Attention::failures}};
constexpr TableView view_of_screen{attention_of_screen};

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

/// `email in hw (hammerwork): PAUSED 3h49m by maria@example.com`, and what is to be known of it.
struct Headline {
  std::string text, why;
};

Headline headline_of(const QueueScreen& facts) {
  const QueueVerdict verdict = queue_verdict(facts.queue, facts.now, facts.patience);
  Headline headline{facts.queue.queue.raw() + " in " + facts.source + " (" + facts.system + "): ", {}};
  if (verdict.word == "paused") {
    const QueuePause pause = facts.queue.pause.value_or(QueuePause{});
    headline.text += "PAUSED";
    if (const std::string lasting = pause.since && facts.now ? lasting_since(*pause.since, *facts.now) : "";
        !lasting.empty())
      headline.text += " " + lasting;
    if (pause.by) headline.text += " by " + pause.by->raw();
    if (pause.reason) headline.why = pause.reason->raw();
  } else if (const std::string stuck = "stuck: "; verdict.text.starts_with(stuck)) {
    headline.text += "STUCK";
    headline.why = verdict.text.substr(stuck.size());
  } else {
    headline.text += verdict.text;
  }
  return headline;
}

std::string waiting_text(const QueueScreen& facts) {
  std::string text = count_text(waiting_jobs(facts.queue));
  const Value age = oldest_age(facts.queue, facts.now);
  if (const auto* oldest = std::get_if<Milliseconds>(&age)) text += ", oldest " + to_age(*oldest);
  return text;
}

/// `12 failed, 18 dead`
std::string failed_text(const QueueScreen& facts) {
  const Count failed = sum_of_states(facts.queue, {JobState::failed}),
              dead = sum_of_states(facts.queue, {JobState::dead});
  if (dead.value == 0) return count_text(failed);
  return (failed.value == 0 ? "" : count_text(failed) + " failed, ") + count_text(dead) + " dead";
}

/// `failed 16m ago: be2f58fa  POST https://partner.example: 503`; where not all were looked at, `of those read, failed
/// ...`
Untrusted last_failure_text(const QueueScreen& facts) {
  if (!facts.last_failure) return {};
  const std::vector<std::string> id{terminal_text(facts.last_failure->job, Profile::ident)};
  std::string text = facts.some_errors ? "of those read, failed " : "failed ";
  if (facts.now && *facts.now >= facts.last_failure->at)
    text += to_age(std::chrono::duration_cast<Milliseconds>(*facts.now - facts.last_failure->at)) + " ago: ";
  text += short_ids(id).front();
  const std::string& error = facts.last_failure->error.raw();
  return Untrusted(error.empty() ? text : text + "  " + error);
}

Value last_failure_value(const QueueScreen& facts) {
  if (!facts.last_failure) return {};
  return Fields{{"ref", Untrusted(facts.source + "/" + facts.last_failure->job.raw())},
                {"at", facts.last_failure->at},
                {"error", facts.last_failure->error}};
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

std::string held_count(const Waiting& waiting) {
  return waiting.count ? std::to_string(*waiting.count) + (waiting.capped ? "+" : "") : std::string("some");
}

/// `43, oldest 4h36m`, and below it what of them is held: `29 paused: due, held by the pause`
Values waiting_lines(const QueueScreen& facts) {
  Values lines{waiting_text(facts)};
  if (!facts.next) return lines;
  std::size_t width = 0;
  for (const Waiting& waiting : facts.next->waiting) width = std::max(width, held_count(waiting).size());
  for (const Waiting& waiting : facts.next->waiting) {
    std::string text = fmt::format("{:>{}} {}: {}", held_count(waiting), width, waiting.reason, waiting.explanation);
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
  return text.empty() || !facts.queue.paused.value_or(false) ? text : text + "  (when resumed)";
}

/// Jobs that wait and that nothing but a pause holds; unknown where something was not counted.
std::optional<std::uint64_t> due_jobs(const QueueScreen& facts) {
  const Count waiting = waiting_jobs(facts.queue);
  if (!facts.next || waiting.exactness != Exactness::exact) return std::nullopt;
  std::uint64_t due = waiting.value;
  for (const Waiting& held : facts.next->waiting) {
    if (held.reason == "paused") continue;
    if (!held.count || held.capped) return std::nullopt;
    due -= std::min(due, *held.count);
  }
  return due;
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
  const std::optional<std::uint64_t> due = due_jobs(facts);
  record.push_back({"due", due ? Value(static_cast<std::int64_t>(*due)) : Value()});
  record.push_back({"held", held_values(facts)});
  Values next;
  if (facts.next)
    for (const Job& job : facts.next->next) next.push_back(Untrusted(facts.source + "/" + job.ref.id.raw()));
  record.push_back({"next", std::move(next)});
  record.push_back({"errors", error_values(facts)});
  record.push_back({"errors_exactness", std::string(facts.some_errors ? "at_least" : "exact")});
  record.push_back({"last_failure", last_failure_value(facts)});
  return record;
}

std::span<const Column> queue_show_columns() {
  static const std::vector<Column> columns = make_columns();
  return columns;
}

Record queue_screen_record(const QueueScreen& facts) {
  const Count running = sum_of_states(facts.queue, {JobState::running});
  const std::uint64_t stale = facts.queue.stale ? facts.queue.stale->value : 0;
  Headline headline = headline_of(facts);
  Record record{{"queue", Untrusted(std::move(headline.text))}};
  if (!headline.why.empty()) record.push_back({"why", Untrusted(std::move(headline.why))});
  record.push_back({"waiting", waiting_lines(facts)});
  add_text(record, stale > 0 ? "running_stale" : "running",
           count_text(running) + (stale > 0 ? ", " + std::to_string(stale) + " stale: their worker is gone" : ""));
  add_text(record, "failed", failed_text(facts));
  if (Untrusted last = last_failure_text(facts); !last.empty())
    record.push_back({"last_failure", Values{std::move(last)}});  // a line, which is cut as those of the errors are
  add_text(record, "rates", rates_text(facts));
  if (Values errors = error_lines(facts); !errors.empty()) record.push_back({"errors", std::move(errors)});
  add_text(record, "next", next_text(facts));
  return record;
}

std::span<const Column> queue_screen_columns() { return screen; }
const TableView& queue_screen_table() { return view_of_screen; }

}  // namespace queuetrace
