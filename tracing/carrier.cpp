#include "tracing/carrier.hpp"

#include <array>
#include <nlohmann/json.hpp>
#include <utility>

#include "model/finite_json.hpp"
#include "model/letter_case.hpp"
#include "tracing/characters.hpp"
#include "tracing/split.hpp"
#include "tracing/trace_carrier_keys.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t deepest = 128;

/// Where carriers are looked for, in this order: docs/tracing.md section 0.3, then the further names of
/// docs/systems/procrastinate.md section 7.3. `opts.tm` is BullMQ's.
/// `__otel_headers` is Active Job's, a list of pairs (docs/tracing.md); `_datadog` stands in messages that Datadog's
/// libraries instrument (docs/systems/bullmq.md section 6).
constexpr std::array<std::string_view, 22> places{
    "",        "trace_context",  "tracing", "_trace",  "otel",           "headers",      "meta",          "metadata",
    "opts.tm", "_trace_context", "_otel",   "__otel",  "otel_context",   "otel_carrier", "_otel_carrier", "trace_ctx",
    "carrier", "_headers",       "_meta",   "__trace", "__otel_headers", "_datadog"};

constexpr std::array<std::string_view, 15> keys{"traceparent",    "b3",
                                                "x-b3-traceid",   "x-b3-spanid",
                                                "uber-trace-id",  "x-amzn-trace-id",
                                                "sentry-trace",   "x-cloud-trace-context",
                                                "trace_id",       "traceid",
                                                "dd.trace_id",    "x-datadog-trace-id",
                                                "x-datadog-tags", "x-datadog-parent-id",
                                                "span_id"};

bool is_place(std::string_view name) { return std::ranges::find(places, name) != places.end(); }

}  // namespace

bool is_carrier_key(std::string_view name) { return std::ranges::find(keys, name) != keys.end(); }

/// Streams the JSON text and keeps what is_place() and is_carrier_key() know.
class Carrier::Reader : public nlohmann::json_sax<nlohmann::json> {
 public:
  Reader(std::vector<Entry>& entries, std::vector<std::pair<std::string, std::string>>& nested, std::string place)
      : entries_(entries), nested_(nested), place_(std::move(place)) {}

  bool null() override { return scalar(); }
  bool boolean(bool) override { return scalar(); }
  bool number_integer(number_integer_t number) override { return text(std::to_string(number)); }
  bool number_unsigned(number_unsigned_t number) override { return text(std::to_string(number)); }
  bool number_float(number_float_t, const string_t& written) override { return text(written); }
  bool string(string_t& value) override { return text(value); }
  bool binary(binary_t&) override { return scalar(); }
  bool key(string_t& name) override {
    path_.back() = lower_case(name);
    return true;
  }
  bool start_object(std::size_t) override { return open(""); }
  bool end_object() override { return close(); }
  bool start_array(std::size_t) override { return open("[]"); }  // a name no place has: entries inside are not kept
  bool end_array() override { return close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::json::exception&) override { return false; }

 private:
  bool scalar() const { return !path_.empty(); }

  bool text(const std::string& value) {
    if (path_.empty()) return false;
    const std::string& name = path_.back();
    if (path_.size() == 1) {
      if (is_carrier_key(name)) entries_.push_back({place_, name, value});
      if (place_.empty() && is_place(name) && value.starts_with('{')) nested_.emplace_back(name, value);
    } else if (path_.size() == 2 && place_.empty()) {
      if (is_place(path_[0]) && is_carrier_key(name)) entries_.push_back({path_[0], name, value});
      if (path_[0] == "opts" && name == "tm") nested_.emplace_back("opts.tm", value);
    } else if (path_.size() == 3 && place_.empty() && is_place(path_[0]) && path_[1] == "[]" && path_[2] == "[]") {
      // A pair of a list: its first text is the key.
      if (pair_key_.empty())
        pair_key_ = lower_case(value);
      else if (is_carrier_key(pair_key_))
        entries_.push_back({path_[0], pair_key_, value});
    }
    return true;
  }

  bool open(const char* name) {
    if (path_.size() >= deepest || (path_.empty() && *name != '\0')) return false;
    path_.emplace_back(name);
    pair_key_.clear();
    return true;
  }

  bool close() {
    path_.pop_back();
    return true;
  }

  std::vector<Entry>& entries_;
  std::vector<std::pair<std::string, std::string>>& nested_;
  std::string place_;
  std::vector<std::string> path_;  ///< the current key of every open object or array
  std::string pair_key_;           ///< of the pair being read; empty before it is known
};

Carrier::Carrier(std::string_view json) {
  try {
    read(json, {});
  } catch (const std::exception&) {
    valid_ = false;
  }
}

void Carrier::read(std::string_view json, const std::string& place) {
  std::vector<std::pair<std::string, std::string>> nested;
  const std::size_t before = entries_.size();
  const auto parses = [&](std::string_view text) {
    entries_.resize(before);
    nested.clear();
    Reader reader(entries_, nested, place);
    return nlohmann::json::sax_parse(text.begin(), text.end(), &reader);
  };
  bool read = parses(json);
  if (!read)
    if (const std::string finite = with_finite_numbers(json); finite != json) read = parses(finite);
  if (place.empty()) valid_ = read;
  for (const auto& [name, text] : nested) this->read(text, name);
}

const std::string* Carrier::value(std::string_view place, std::string_view key) const {
  for (const Entry& entry : entries_)
    if (entry.place == place && entry.key == key) return &entry.value;
  return nullptr;
}

std::optional<Carrier::Finding> Carrier::find(bool strict, std::string& error) const {
  for (const std::string_view place : places)
    if (std::optional<Finding> finding = find_context(place, strict, error)) return finding;
  for (const std::string_view place : places)
    if (std::optional<Finding> finding = find_flat(place)) return finding;
  return std::nullopt;
}

std::optional<Carrier::Finding> Carrier::find_context(std::string_view place, bool strict, std::string& error) const {
  struct Header {
    std::string_view key;
    std::optional<TraceReading> (*read)(std::string_view);
    std::string_view problem;
  };
  const std::array<Header, 7> headers{{
      {"traceparent", strict ? read_strict_traceparent : read_traceparent, "bad-traceparent"},
      {"b3", read_b3, "bad-b3"},
      {"x-b3-traceid", read_hex, "bad-b3"},
      {"uber-trace-id", read_uber, "bad-uber"},
      {"x-amzn-trace-id", read_xray, "bad-xray"},
      {"sentry-trace", read_b3, "bad-b3"},
      {"x-cloud-trace-context", read_google, "bad-google"},
  }};
  for (const Header& header : headers) {
    const std::string* text = value(place, header.key);
    if (text == nullptr || text->empty()) continue;
    std::optional<TraceReading> reading = header.read(trimmed(*text));
    if (!reading || !reading->error.empty()) {
      if (error.empty()) error = reading ? reading->error : std::string(header.problem);
      continue;
    }
    Finding finding{
        .reading = *reading, .stored = hex_jaeger(reading->number), .parent_span = reading->span, .span = {}};
    if (header.key == "traceparent") finding.stored = hex32(reading->number);
    if (header.key == "x-b3-traceid")
      if (const std::string* span = value(place, "x-b3-spanid"); span != nullptr && all_hex(*span))
        finding.parent_span = lower_case(*span);
    return finding;
  }
  return find_datadog(place, error);
}

std::optional<Carrier::Finding> Carrier::find_datadog(std::string_view place, std::string& error) const {
  const std::string* text = value(place, "x-datadog-trace-id");
  const std::string* logged = value(place, "dd.trace_id");
  if (text == nullptr || text->empty()) text = logged;
  if (text == nullptr || text->empty()) return std::nullopt;
  std::optional<TraceReading> reading = all_digits(*text) ? read_decimal(*text) : read_hex(*text);
  if (!reading || !reading->error.empty()) {
    if (error.empty()) error = reading ? reading->error : "bad-decimal";
    return std::nullopt;
  }
  if (const std::string* tags = value(place, "x-datadog-tags"); tags != nullptr && reading->number.high == 0) {
    for (const std::string_view tag : split(*tags, ',')) {
      const std::string_view member = trimmed(tag);
      if (!member.starts_with("_dd.p.tid=") || member.size() != 26) continue;
      if (const std::optional<TraceNumber> high = number_from_hex(member.substr(10))) reading->number.high = high->low;
    }
  }
  Finding finding{.reading = *reading, .stored = hex32(reading->number), .parent_span = {}, .span = {}};
  if (const std::string* parent = value(place, "x-datadog-parent-id"); parent != nullptr) {
    const std::optional<TraceNumber> span = number_from_decimal(*parent);
    if (span && span->high == 0 && span->low != 0) finding.parent_span = hex16(span->low);
  }
  return finding;
}

std::optional<Carrier::Finding> Carrier::find_flat(std::string_view place) const {
  const std::string* text = value(place, "trace_id");
  if (text == nullptr || text->empty()) text = value(place, "traceid");
  if (text == nullptr || text->empty()) return std::nullopt;
  Finding finding;
  finding.stored = *text;
  if (const std::string* span = value(place, "span_id")) finding.span = *span;
  std::optional<TraceReading> reading = read_any_form(trimmed(*text));
  finding.opaque = !reading || !reading->error.empty();
  if (reading) {
    finding.parent_span = reading->span;
    finding.reading = std::move(*reading);
  }
  return finding;
}

std::optional<TraceContext> context_from_carrier(std::string_view json) {
  try {
    if (trimmed(json).substr(0, 1) != "{") return std::nullopt;
    const Carrier carrier(json);
    std::string error;
    const std::optional<Carrier::Finding> finding = carrier.valid() ? carrier.find(true, error) : std::nullopt;
    if (!finding) return std::nullopt;
    TraceContext context;
    context.trace_id = Untrusted(finding->stored);
    if (!finding->span.empty()) context.span_id = Untrusted(finding->span);
    if (!finding->parent_span.empty()) context.parent_span_id = Untrusted(finding->parent_span);
    context.status = classify_trace_id(finding->stored);
    return context;
  } catch (const std::exception&) {
    return std::nullopt;
  }
}

std::optional<TraceContext> context_from_traceparent(std::string_view text) {
  text = trimmed(text);
  if (!is_strict_traceparent(text)) return std::nullopt;
  TraceContext context;
  context.trace_id = Untrusted(std::string(text.substr(3, 32)));
  context.parent_span_id = Untrusted(std::string(text.substr(36, 16)));
  context.status = TraceStatus::w3c;
  return context;
}

}  // namespace queuetrace
