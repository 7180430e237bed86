#include "formatters/doctor_record.hpp"

#include <algorithm>
#include <array>

#include "formatters/cell.hpp"
#include "formatters/record.hpp"
#include "formatters/statistics_record.hpp"
#include "formatters/store_check_record.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

using Where = Column::Where;

constexpr std::array columns_of_doctor{Column{.field = "severity", .heading = "SEVERITY"},
                                       Column{.field = "source", .heading = "SOURCE"},
                                       Column{.field = "system", .heading = "SYSTEM", .where = Where::wide},
                                       Column{.field = "code", .heading = "CODE"},
                                       Column{.field = "subject", .heading = "SUBJECT", .where = Where::wide},
                                       Column{.field = "count", .heading = "COUNT", .right = true},
                                       Column{.field = "count_exactness", .heading = "EXACTNESS", .where = Where::wide},
                                       Column{.field = "text", .heading = "FOUND", .wraps = true},
                                       Column{.field = "samples", .heading = "SAMPLES", .where = Where::wide},
                                       Column{.field = "queues", .heading = "QUEUES", .where = Where::wide},
                                       Column{.field = "paused_queues", .heading = "PAUSED", .where = Where::wide},
                                       Column{.field = "names", .heading = "NAMES", .shrinkable = true, .wraps = true},
                                       Column{.field = "remedy", .heading = "WHAT TO DO", .wraps = true},
                                       Column{.field = "see", .heading = "SEE", .wraps = true},
                                       Column{.field = "unanswered", .heading = "UNANSWERED", .where = Where::never}};

std::string line_of(const Record& record, std::string_view field, CellText& cells) {
  const Value* value = find_value(record, field);
  return value == nullptr ? std::string() : cells.line({std::string(field), *value});
}

/// `43 jobs`, `43+ jobs` where there are as many at least, `~43 jobs` where it is an estimate; empty where not counted.
std::string jobs_counted(const Record& record, CellText& cells) {
  const Value* count = find_value(record, "count");
  const auto* jobs = count == nullptr ? nullptr : std::get_if<std::int64_t>(count);
  if (jobs == nullptr) return {};
  const std::string exactness = line_of(record, "count_exactness", cells);
  const auto number = static_cast<std::uint64_t>(*jobs);
  if (exactness == to_word(Exactness::at_least)) return grouped(number) + "+ jobs";
  return (exactness == to_word(Exactness::estimated) ? "~" : "") + count_words(number, "job");
}

DerivedText found(const Record& record, CellText& cells) {
  const std::string code = line_of(record, "code", cells);
  return {line_of(record, "text", cells) + (code.empty() ? "" : " (" + code + ")")};
}

/// `28 jobs: email 9, inventory 8, search-index 5, 6 elsewhere`
DerivedText places(const Record& record, CellText& cells) {
  constexpr std::size_t most_named = 3;
  for (const std::string_view others : {"names", "paused_queues"})  // then it is those that are counted
    if (const Value* value = find_value(record, others); value != nullptr && is_known(*value)) return {};
  std::string text = jobs_counted(record, cells);
  const Value* queues = find_value(record, "queues");
  const auto* list = queues == nullptr ? nullptr : std::get_if<Values>(queues);
  if (list == nullptr || text.empty()) return {std::move(text)};
  std::int64_t others = std::get<std::int64_t>(*find_value(record, "count"));
  const std::size_t named = std::min(list->size(), most_named);
  for (std::size_t i = 0; i < named; ++i) {
    const auto* one = std::get_if<Fields>(&(*list)[i]);
    if (one == nullptr || one->size() != 2) continue;
    const auto* here = std::get_if<std::int64_t>(&(*one)[1].value);
    if (here == nullptr) continue;
    text += (i == 0 ? ": " : ", ") + cells.line((*one)[0]) + " " + grouped(static_cast<std::uint64_t>(*here));
    others -= *here;
  }
  const bool more = line_of(record, "count_exactness", cells) == to_word(Exactness::at_least);
  if (others > 0 || more)
    text += ", " +
            (others > 0 ? grouped(static_cast<std::uint64_t>(others)) + (more ? "+" : "") : std::string("more")) +
            " elsewhere";
  return {std::move(text)};
}

/// `webhooks, paused 3h by maria@example.com, 43 jobs wait: partner API is down`
std::string pause_text(const Fields& pause, CellText& cells) {
  const auto said = [&](std::string_view name) { return line_of(pause, name, cells); };
  std::string text = said("queue") + ", paused";
  if (const std::string age = age_in(pause, "paused_at", cells); !age.empty()) text += " " + age;
  if (const std::string by = said("paused_by"); !by.empty()) text += " by " + by;
  const Value* waiting = find_value(pause, "waiting");
  const auto* jobs = waiting == nullptr ? nullptr : std::get_if<std::int64_t>(waiting);
  if (jobs != nullptr) text += ", " + count_words(static_cast<std::uint64_t>(*jobs), "job waits", "jobs wait");
  if (const std::string reason = said("pause_reason"); !reason.empty()) text += ": " + reason;
  return text;
}

/// `webhooks, paused 3h; billing, paused 9d`, `jobqueue:a, jobqueue:b, 5 more`
DerivedText concerned(const Record& record, CellText& cells) {
  const Value* pauses = find_value(record, "paused_queues");
  if (const auto* list = pauses == nullptr ? nullptr : std::get_if<Values>(pauses)) {
    std::string text;
    for (const Value& one : *list)
      if (const auto* pause = std::get_if<Fields>(&one)) text += (text.empty() ? "" : "; ") + pause_text(*pause, cells);
    return {std::move(text)};
  }
  const Value* names = find_value(record, "names");
  const auto* named = names == nullptr ? nullptr : std::get_if<Values>(names);
  std::string text;
  if (named != nullptr)
    for (const Value& name : *named) text += (text.empty() ? "" : ", ") + cells.line({"names", name});
  const Value* count = find_value(record, "count");
  const auto* all = count == nullptr ? nullptr : std::get_if<std::int64_t>(count);
  if (named != nullptr && all != nullptr && *all > static_cast<std::int64_t>(named->size()))
    text += ", " + grouped(static_cast<std::uint64_t>(*all) - named->size()) + " more";
  return {std::move(text)};
}

DerivedText remedy(const Record& record, CellText& cells) {
  const std::string text = line_of(record, "remedy", cells);
  return {text.empty() ? text : "do: " + text};
}

DerivedText look(const Record& record, CellText& cells) {
  const std::string text = line_of(record, "see", cells);
  return {text.empty() ? text : "see: " + text};
}

constexpr std::array table_of_doctor{
    TableColumn{.field = "severity", .heading = "SEVERITY", .attention = Attention::state},
    TableColumn{.field = "source", .heading = "SOURCE", .kind = CellKind::name, .least = 10, .differs = true},
    TableColumn{.field = "text", .heading = "FOUND", .kind = CellKind::sentence, .text = found},
    TableColumn{.field = "queues", .heading = {}, .kind = CellKind::message, .text = places},
    TableColumn{.field = "names", .heading = {}, .kind = CellKind::message, .text = concerned},
    TableColumn{.field = "remedy", .heading = {}, .kind = CellKind::below, .text = remedy},
    TableColumn{.field = "see", .heading = {}, .kind = CellKind::below, .text = look}};

constexpr TableView view_of_doctor{.columns = table_of_doctor, .blocks = true};

}  // namespace

Record doctor_record(const std::string& source, const std::string& system, const Finding& finding,
                     const std::string& see) {
  Values samples;
  for (const Untrusted& id : finding.samples) samples.emplace_back(Untrusted(source + "/" + id.raw()));
  Values queues;
  for (const auto& [queue, jobs] : finding.queues)
    queues.push_back(Fields{{"queue", queue}, {"jobs", static_cast<std::int64_t>(jobs)}});
  Values paused;
  for (const PausedQueue& one : finding.paused)
    paused.push_back(Fields{{"queue", one.queue},
                            {"paused_at", one.pause.since ? Value(*one.pause.since) : Value()},
                            {"paused_by", known_or_nothing(one.pause.by)},
                            {"pause_reason", known_or_nothing(one.pause.reason)},
                            {"waiting", static_cast<std::int64_t>(one.waiting.value)},
                            {"waiting_exactness", std::string(to_word(one.waiting.exactness))}});
  const std::optional<Count>& count = finding.count;
  return {{"severity", std::string(to_word(finding.severity))},
          {"source", source},
          {"system", text_or_nothing(system)},
          {"code", finding.code},
          {"subject", finding.subject},
          {"text", finding.text},
          {"count", count ? Value(static_cast<std::int64_t>(count->value)) : Value()},
          {"count_exactness", count ? Value(std::string(to_word(count->exactness))) : Value()},
          {"samples", samples.empty() ? Value() : Value(std::move(samples))},
          {"queues", queues.empty() ? Value() : Value(std::move(queues))},
          {"paused_queues", paused.empty() ? Value() : Value(std::move(paused))},
          {"names", finding.names.empty() ? Value() : Value(Values(finding.names.begin(), finding.names.end()))},
          {"remedy", text_or_nothing(finding.remedy)},
          {"see", see.empty() ? Value() : Value(Untrusted(see))},
          {"unanswered", finding.unanswered ? Value(true) : Value()}};
}

std::span<const Column> doctor_columns() { return columns_of_doctor; }

const TableView& doctor_table() { return view_of_doctor; }

}  // namespace queuetrace
