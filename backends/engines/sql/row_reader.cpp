#include "backends/engines/sql/row_reader.hpp"

#include <algorithm>
#include <charconv>
#include <deque>
#include <iterator>
#include <nlohmann/json.hpp>

#include "backends/engines/sql/carrier_reader.hpp"
#include "backends/engines/sql/document_place.hpp"
#include "backends/engines/sql/payload_reader.hpp"
#include "backends/engines/sql/stored_values.hpp"
#include "model/json_slices.hpp"
#include "model/plausible_time.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::ordered_json;

std::optional<std::int64_t> read_integer(std::string_view text) {
  std::int64_t number = 0;
  const auto [rest, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (problem != std::errc() || rest != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

/// JSON of a cell; a discarded value when it is none.
Json read_json(std::string_view text) { return Json::parse(text.begin(), text.end(), nullptr, false); }

/// Names of systems are our own words; a store may hold anything in their place.
bool is_system_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
}

Untrusted untrusted(std::string_view text) { return Untrusted(std::string(text)); }

/// Any JSON value as a printable one. Objects, arrays, numbers that are no 64-bit integers and strings that are no
/// UTF-8 stay JSON as it is written: a parser would round, reorder or refuse them.
Value to_value(std::string_view written) {
  if (written == "null") return {};
  if (written == "true" || written == "false") return written == "true";
  if (const auto number = read_integer(written); number && std::to_string(*number) == written) return *number;
  if (written.starts_with('"'))
    if (const Json string = read_json(written); string.is_string()) return Untrusted(string.get<std::string>());
  return JsonText{Untrusted(std::string(written))};
}

Value extra_value(SqlFlavour flavour, SqlExtra::Form form, std::string_view text) {
  switch (form) {
    case SqlExtra::Form::text: break;
    case SqlExtra::Form::integer:
      if (const auto number = read_integer(text)) return *number;
      break;
    case SqlExtra::Form::boolean: return text == "true" || text == "t" || text == "1";
    case SqlExtra::Form::time:
      if (const auto time = read_time(flavour, text)) return *time;
      break;
    case SqlExtra::Form::json: return JsonText{untrusted(text)};
  }
  return untrusted(text);
}

std::optional<Milliseconds> difference(std::optional<Timestamp> from, std::optional<Timestamp> until) {
  if (!from || !until || *from == infinite_past || *from == infinite_future || *until == infinite_past ||
      *until == infinite_future)
    return std::nullopt;
  std::int64_t micros = 0;
  if (__builtin_sub_overflow(until->time_since_epoch().count(), from->time_since_epoch().count(), &micros))
    return std::nullopt;
  return std::chrono::floor<Milliseconds>(std::chrono::microseconds(micros));
}

/// Reads one row into one job.
class Reader {
 public:
  Reader(Job& job, const SqlResult& rows, std::size_t row, const RowLayout& layout, const BoundSystem& system)
      : job_(job), rows_(rows), row_(row), layout_(layout), system_(system) {
    const std::size_t index = static_cast<std::size_t>(read_integer(*rows.cell(row, layout.relation)).value_or(0));
    relation_ = &system.relations[std::min(index, system.relations.size() - 1)];
  }

  void read(const std::string& address) {
    job_.ref.source = address;
    job_.system = system_.system->info.name;
    job_.spans = system_.system->info.spans;
    if (const auto text = cell(SqlField::id)) job_.ref.id = untrusted(*text);
    if (const auto text = cell(SqlField::system); text && is_system_name(*text)) job_.system = std::string(*text);
    take(SqlField::queue, job_.queue);
    take(SqlField::kind, job_.kind);
    take(SqlField::worker, job_.worker);
    take(SqlField::error, job_.error);
    take(SqlField::tenant, job_.tenant);
    take(SqlField::workflow_id, job_.workflow_id);
    take(SqlField::batch_id, job_.batch_id);
    read_state();
    read_numbers();
    read_times();
    read_trace();
    read_parents();
    read_payloads();
    read_notes();
    read_extras();
    doubt_times(job_);
  }

 private:
  std::optional<std::string_view> at(int column) const {
    return column < 0 ? std::nullopt : rows_.cell(row_, static_cast<std::size_t>(column));
  }
  std::optional<std::string_view> cell(SqlField field) const {
    const std::optional<std::string_view> text = at(layout_.fields[static_cast<std::size_t>(field)]);
    const std::span<const std::string_view> members = relation_->members[static_cast<std::size_t>(field)];
    if (!text || members.empty()) return text;
    std::optional<std::string> inside = text_under(*text, {members.begin(), members.end()});
    if (!inside) return std::nullopt;
    return inside_.emplace_back(std::move(*inside));
  }
  void take(SqlField field, std::optional<Untrusted>& place) const {
    if (const auto text = cell(field)) place = untrusted(*text);
  }
  void bad(const char* what) {
    job_.notes.push_back({"unreadable-value", std::string("the stored ") + what + " could not be read"});
  }

  void read_state() {
    const BoundState* rule = relation_->states.rule_of(at(layout_.state_number));
    if (rule != nullptr) job_.state = rule->state;
    if (const auto native = relation_->states.native_of(rule, cell(SqlField::native_state), at(layout_.state_word)))
      job_.native_state = untrusted(*native);
  }

  void read_number(SqlField field, std::optional<std::int64_t>& place, const char* what) {
    if (const auto text = cell(field))
      if (!(place = read_integer(*text))) bad(what);
  }

  void read_numbers() {
    read_number(SqlField::attempts, job_.attempts, "number of attempts");
    read_number(SqlField::max_attempts, job_.max_attempts, "limit of attempts");
    const auto text = cell(SqlField::priority);
    if (!text) return;
    if (const auto number = read_integer(*text))
      job_.priority = *number;
    else
      job_.priority = untrusted(*text);
  }

  /// Of columns that several facts share the text is read once.
  std::optional<Timestamp> time_at(int column, const char* what) {
    const std::optional<std::string_view> text = at(column);
    if (!text) return std::nullopt;
    auto known = std::ranges::find(times_, column, &ReadTime::column);
    if (known == times_.end()) known = times_.insert(known, {column, read_time(system_.flavour, *text)});
    if (!known->time) bad(what);
    return known->time;
  }
  std::optional<Timestamp> time_of(SqlField field, const char* what) {
    return time_at(layout_.fields[static_cast<std::size_t>(field)], what);
  }

  std::optional<Milliseconds> read_timing(const RowLayout::Timing& timing, const char* what) {
    if (timing.valid >= 0 && !at(timing.valid)) return std::nullopt;
    const std::optional<Timestamp> from = time_at(timing.from, what);
    return difference(from, time_at(timing.until, what));
  }

  void read_times() {
    times_.reserve(8);
    job_.created_at = time_of(SqlField::created_at, "creation time");
    job_.scheduled_at = time_of(SqlField::scheduled_at, "scheduled time");
    job_.started_at = time_of(SqlField::started_at, "start time");
    job_.finished_at = time_of(SqlField::finished_at, "finish time");
    job_.wait = read_timing(layout_.wait, "waiting time");
    job_.run = read_timing(layout_.run, "running time");
    if (const auto text = cell(SqlField::wait_ms))
      if (const auto number = read_integer(*text)) job_.wait = Milliseconds(*number);
    if (const auto text = cell(SqlField::run_ms))
      if (const auto number = read_integer(*text)) job_.run = Milliseconds(*number);
  }

  /// An empty identifier is none.
  void take_id(SqlField field, std::optional<Untrusted>& place) const {
    if (const auto text = cell(field); text && !text->empty()) place = untrusted(*text);
  }

  void read_trace() {
    TraceContext& trace = job_.trace;
    take_id(SqlField::trace_id, trace.trace_id);
    take_id(SqlField::span_id, trace.span_id);
    take_id(SqlField::parent_span_id, trace.parent_span_id);
    take_id(SqlField::correlation_id, trace.correlation_id);
    take_id(SqlField::causation_id, trace.causation_id);
    if (trace.trace_id)
      trace.status = trace_status(trace.trace_id->raw(), cell(SqlField::trace_status), system_.system->placeholders);
    if (layout_.carriers.empty() || relation_->carriers.empty()) return;
    std::vector<std::optional<std::string_view>> cells;
    cells.reserve(layout_.carriers.size());
    for (const int column : layout_.carriers) cells.push_back(at(column));
    read_carriers(*relation_, cells, job_);
  }

  void read_parents() {
    const auto text = cell(SqlField::parents);
    if (!text || text->empty() || *text == "[]" || *text == "null") return;
    if (std::optional<std::vector<Untrusted>> ids = decode_ids(*text)) {
      job_.parents = std::move(*ids);
      return;
    }
    const auto list = json_elements(*text);
    if (!list) return bad("list of parents");
    for (const std::string_view item : *list) {
      const Value value = to_value(item);
      const auto* string = std::get_if<Untrusted>(&value);
      job_.parents.push_back(string == nullptr ? untrusted(item) : *string);
    }
  }

  std::optional<Payload> read_bytes(SqlField bytes, SqlField form, SqlField size) {
    const auto text = cell(bytes);
    if (!text) return std::nullopt;
    std::optional<std::uint64_t> stored;
    if (const auto number = cell(size))
      if (const auto value = read_integer(*number); value && *value >= 0) stored = static_cast<std::uint64_t>(*value);
    std::optional<std::string> problem;
    Payload payload = read_payload(*text, cell(form).value_or(""), stored, problem);
    if (problem) job_.notes.push_back({"payload-incomplete", *problem});
    return payload;
  }

  void read_payloads() {
    job_.payload = read_bytes(SqlField::payload, SqlField::payload_form, SqlField::payload_size);
    job_.result = read_bytes(SqlField::result, SqlField::result_form, SqlField::result_size);
  }

  void read_notes() {
    if (const auto flags = at(layout_.notes))
      for (std::size_t i = 0; i < relation_->notes.size() && i < flags->size(); ++i)
        if ((*flags)[i] == '1') job_.notes.push_back({std::string(relation_->notes[i].code), relation_->notes[i].text});
    const auto text = cell(SqlField::notes);
    if (!text || *text == "[]") return;
    std::optional<std::vector<Note>> notes = decode_notes(*text);
    if (!notes) return bad("list of notes");
    std::move(notes->begin(), notes->end(), std::back_inserter(job_.notes));
  }

  void read_extras() {
    for (const RowLayout::Extra& extra : layout_.extras)
      if (const auto text = rows_.cell(row_, extra.column))
        job_.extra.push_back({std::string(extra.name), extra_value(system_.flavour, extra.form, *text)});
    add_members(at(layout_.further_columns));
    const auto text = cell(SqlField::extra);
    if (!text) return;
    std::optional<Fields> fields = decode_fields(*text);
    if (!fields) return bad("further facts");
    std::move(fields->begin(), fields->end(), std::back_inserter(job_.extra));
  }

  void add_members(std::optional<std::string_view> text) {
    if (!text || *text == "{}") return;
    const auto members = json_members(*text);
    if (!members) return bad("further columns");
    for (const auto& [quoted, written] : *members) {
      const Json name = read_json(quoted);
      Value value = to_value(written);
      if (name.is_string() && !std::holds_alternative<std::monostate>(value))
        job_.extra.push_back({name.get<std::string>(), std::move(value)});
    }
  }

  Job& job_;
  const SqlResult& rows_;
  std::size_t row_;
  const RowLayout& layout_;
  const BoundSystem& system_;
  const BoundRelation* relation_;
  mutable std::deque<std::string> inside_;  ///< what was found in documents
  struct ReadTime {
    int column;
    std::optional<Timestamp> time;
  };
  std::vector<ReadTime> times_;
};

}  // namespace

std::optional<Timestamp> read_time(SqlFlavour flavour, std::string_view text) {
  if (flavour == SqlFlavour::postgresql) return parse_timestamp(text);
  const auto number = read_integer(text);
  return number ? std::optional(Timestamp(std::chrono::microseconds(*number))) : std::nullopt;
}

TraceStatus trace_status(std::string_view stored, std::optional<std::string_view> told,
                         std::span<const std::string_view> placeholders) {
  if (stored.empty()) return TraceStatus::absent;
  if (!told) return classify_trace_id(stored, {placeholders.begin(), placeholders.end()});
  return parse_trace_status(*told).value_or(TraceStatus::absent);
}

void read_job(Job& job, const SqlResult& rows, std::size_t row, const RowLayout& layout, const BoundSystem& system,
              const std::string& address) {
  Reader(job, rows, row, layout, system).read(address);
}

}  // namespace queuetrace
