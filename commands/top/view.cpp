#include "commands/top/view.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "commands/top/styled_text.hpp"
#include "formatters/doctor_record.hpp"
#include "formatters/error_group_record.hpp"
#include "formatters/escape.hpp"
#include "formatters/job_table.hpp"
#include "formatters/queue_tables.hpp"
#include "formatters/record.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {
namespace {

struct Choice {
  std::string_view name;
  std::string_view value;  ///< of --state or --since; empty: the option is left out
};

constexpr std::array states{Choice{"all states", ""}, Choice{"waiting", "pending,scheduled,blocked,retrying"},
                            Choice{"running", "running"}, Choice{"failed and dead", "failed,dead"},
                            Choice{"completed", "completed"}};
constexpr std::array times{Choice{"last 1h", "1h"}, Choice{"last 6h", "6h"}, Choice{"last 1d", "1d"},
                           Choice{"last 7d", "7d"}, Choice{"all times", ""}};

std::span<const Choice> choices_of(ViewKind kind) {
  if (kind == ViewKind::jobs) return states;
  if (kind == ViewKind::errors) return times;
  return {};
}

const TableView* table_of(ViewKind kind) {
  switch (kind) {
    case ViewKind::queues: return &live_queue_table();
    case ViewKind::jobs: return &job_table();
    case ViewKind::errors: return &error_group_table();
    case ViewKind::doctor: return &doctor_table();
    default: return nullptr;
  }
}

/// What is the same from look to look.
std::string key_of(ViewKind kind, const Record& record) {
  const std::string source = raw_word(record, "source") + '\0';
  if (kind == ViewKind::queues) return source + raw_word(record, "queue");
  if (kind == ViewKind::jobs) return raw_word(record, "ref");
  if (kind == ViewKind::errors) return raw_word(record, "group");
  return source + raw_word(record, "code") + '\0' + raw_word(record, "subject");
}

std::int64_t number(const Record& record, std::string_view field, std::int64_t unknown) {
  const Value* value = find_value(record, field);
  if (value == nullptr) return unknown;
  if (const auto* count = std::get_if<std::int64_t>(value)) return *count;
  if (const auto* duration = std::get_if<Milliseconds>(value)) return duration->count();
  if (const auto* time = std::get_if<Timestamp>(value)) return time->time_since_epoch().count();
  return unknown;
}

/// The order of sorted_queues() (attention_order.hpp), over the sources.
auto urgency(const Record& record) {
  const Value* paused = find_value(record, "paused");
  const bool is_paused = paused != nullptr && std::holds_alternative<bool>(*paused) && std::get<bool>(*paused);
  return std::tuple(is_paused && number(record, "waiting", 0) > 0, number(record, "oldest_age_ms", -1),
                    number(record, "failed", 0));
}

/// Over several sources the order that each of them had for itself.
void merge(ViewKind kind, std::vector<ListedRow>& rows) {
  if (kind == ViewKind::queues)
    std::ranges::stable_sort(rows, [](const ListedRow& left, const ListedRow& right) {
      return urgency(left.record) > urgency(right.record);
    });
  if (kind == ViewKind::jobs)
    std::ranges::stable_sort(rows, [](const ListedRow& left, const ListedRow& right) {
      return number(left.record, "created_at", 0) > number(right.record, "created_at", 0);
    });
}

/// Jobs that waited in each queue, by key.
std::map<std::string, std::int64_t> waiting_in(const Look* answer) {
  std::map<std::string, std::int64_t> waiting;
  if (answer != nullptr)
    for (const Record& record : answer->records)
      waiting[key_of(ViewKind::queues, record)] = number(record, "waiting", 0);
  return waiting;
}

}  // namespace

View::View(ViewKind kind, Scope scope) : kind_(kind), scope_(std::move(scope)) {
  if (const TableView* table = table_of(kind)) listing_ = std::make_unique<RowList>(*table);
}

std::string View::title() const {
  std::string text;
  const std::string queue = scope_.queue.empty() ? "" : terminal_text(scope_.queue, Profile::ident, table_cell);
  switch (kind_) {
    case ViewKind::queues: text = "queues"; break;
    case ViewKind::jobs: text = scope_.error_group.empty() ? "jobs" : "jobs with error " + scope_.error_group; break;
    case ViewKind::errors: text = "errors"; break;
    case ViewKind::trace: text = "trace of " + scope_.job; break;
    case ViewKind::doctor: text = "findings"; break;
    case ViewKind::job: text = "job " + scope_.job; break;
    case ViewKind::queue: text = "queue " + queue; break;
  }
  const bool of_queue = kind_ == ViewKind::jobs || kind_ == ViewKind::errors;
  if (of_queue && !queue.empty()) text += " of " + queue;
  const std::span<const Choice> choices = choices_of(kind_);
  if (!choices.empty()) text += ", " + std::string(choices[choice_].name);
  return text;
}

Question View::question(int width) const {
  Question question;
  if (!scope_.source.empty()) question.sources = {scope_.source};
  const auto add = [&question](std::string name, std::string value) {
    question.options.emplace_back(std::move(name), std::move(value));
  };
  switch (kind_) {
    case ViewKind::queues: question.command = "stats"; break;
    case ViewKind::jobs:
      question.command = "job list";
      add("--limit", std::to_string(most_jobs));
      if (!states[choice_].value.empty()) add("--state", std::string(states[choice_].value));
      if (!scope_.error_group.empty()) add("--error-group", scope_.error_group);
      break;
    case ViewKind::errors:
      question.command = "job errors";
      add("--limit", std::to_string(most_jobs));
      if (!times[choice_].value.empty()) add("--since", std::string(times[choice_].value));
      break;
    case ViewKind::trace:
      question.command = "trace show";
      add("TRACE|CORRELATION|JOB", scope_.job);
      question.sources.clear();  // a trace goes through all sources
      question.text_width = width;
      break;
    case ViewKind::doctor: question.command = "doctor"; break;
    case ViewKind::job:
      question.command = "job show";
      add("ID", scope_.job);
      add("--include-tracing", "true");
      question.sources.clear();  // so do the other jobs of its trace
      question.text_width = width;
      break;
    case ViewKind::queue:
      question.command = "queue show";
      add("NAME", quoted_glob(scope_.queue));
      question.text_width = width;
      break;
  }
  const bool by_queue = kind_ == ViewKind::jobs || kind_ == ViewKind::errors;
  if (by_queue && !scope_.queue.empty()) add("--queue", quoted_glob(scope_.queue));
  return question;
}

bool View::is_joined() const { return kind_ != ViewKind::queues && kind_ != ViewKind::jobs; }

std::optional<Milliseconds> View::every(Milliseconds interval) const {
  if (kind_ == ViewKind::doctor) return std::nullopt;
  return kind_ == ViewKind::errors ? interval * 5 : interval;
}

bool View::has_answer() const {
  return std::ranges::any_of(told_, [](const auto& one) { return one.second.good || one.second.error; });
}

bool View::is_read() const {
  return std::ranges::any_of(told_, [](const auto& one) { return one.second.good != nullptr; });
}

void View::take(const std::string& source, const std::shared_ptr<const Look>& answer) {
  Told& told = told_[source];
  told.error = answer->error;
  const bool is_text = listing_ == nullptr;
  if (!answer->error) told.before = std::exchange(told.good, answer);
  if (!answer->error && kind_ == ViewKind::queues) remember_depths(*answer);
  if (is_text)
    lines_ = lines_of(answer->text);
  else if (!answer->error)
    collect_rows();
}

void View::remember_depths(const Look& answer) {
  for (const Record& record : answer.records)
    if (const std::int64_t waiting = number(record, "waiting", -1); waiting >= 0)
      depths_.add(key_of(kind_, record), answer.at, static_cast<std::uint64_t>(waiting));
  depths_.forget_before(answer.at);
}

void View::collect_rows() {
  std::vector<ListedRow> rows;
  std::set<std::string> taken;
  for (const auto& [source, told] : told_) {
    if (!told.good) continue;
    const std::map<std::string, std::int64_t> before = waiting_in(told.before.get());
    for (const Record& record : told.good->records) {
      ListedRow row{record, source, key_of(kind_, record)};
      if (const auto last = before.find(row.key); kind_ == ViewKind::queues && last != before.end())
        row.record.push_back({"waiting_change", number(record, "waiting", 0) - last->second});
      if (kind_ == ViewKind::queues) {
        Values depths;
        for (const std::optional<std::uint64_t>& waiting : depths_.of(row.key, told.good->at))
          depths.push_back(waiting ? Value(static_cast<std::int64_t>(*waiting)) : Value());
        row.record.push_back({"waiting_history", std::move(depths)});
      }
      for (int copy = 2; !taken.insert(row.key).second; ++copy)
        row.key = key_of(kind_, record) + '\0' + std::to_string(copy);
      rows.push_back(std::move(row));
    }
  }
  if (told_.size() > 1) merge(kind_, rows);
  listing_->set_rows(std::move(rows));
}

void View::choose(int step) {
  const auto count = static_cast<int>(choices_of(kind_).size());
  if (count == 0) return;
  choice_ = static_cast<std::size_t>((static_cast<int>(choice_) + step + count) % count);
  told_.clear();
  listing_->set_rows({});
}

}  // namespace queuetrace
