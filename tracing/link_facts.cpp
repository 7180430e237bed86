#include "tracing/link_facts.hpp"

#include <algorithm>
#include <array>

#include "model/letter_case.hpp"
#include "tracing/characters.hpp"
#include "tracing/link_query.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

std::optional<std::string_view> text_of(const std::optional<Untrusted>& value) {
  if (!value || value->empty()) return std::nullopt;
  return value->raw();
}

/// A span id in 16 digits; absent for anything else, such as the job ids that Hammerwork's users store as parent span.
/// Decimal digits are Datadog's where there are too many for hex, and fewer only beside a trace id in decimal.
std::optional<std::string> span_of(const std::optional<Untrusted>& value, bool in_decimal) {
  if (!value) return std::nullopt;
  const std::string& text = value->raw();
  const bool is_decimal = all_digits(text) && (text.size() > 16 || (in_decimal && text.size() < 16));
  const std::optional<TraceNumber> number = is_decimal ? number_from_decimal(text)
                                            : text.size() == 16 || (text.size() < 16 && !all_digits(text))
                                                ? number_from_hex(text)
                                                : std::nullopt;
  if (!number || number->is_zero() || number->high != 0) return std::nullopt;
  return hex16(number->low);
}

/// As set_trace(); whether the id is one in decimal.
bool read_trace(LinkFacts& facts, std::string_view stored) {
  if (stored.size() == 32)
    if (const std::optional<TraceNumber> number = number_from_hex(stored); number && !number->is_zero()) {
      facts.trace_text = std::string(stored);
      facts.plain_hex = true;
      facts.number = number;
      return false;
    }
  const ParsedTraceId parsed = parse_stored_trace_id(stored);
  facts.trace_text = std::string(trimmed(stored));
  facts.plain_hex = parsed.kind.starts_with("hex") && all_hex(facts.trace_text);
  facts.number = parsed.canonical.empty() ? std::nullopt : number_from_hex(parsed.canonical);
  if (!facts.span && !parsed.span.empty()) facts.span = parsed.span;
  return parsed.kind.starts_with("decimal");
}

bool is_finite(const std::optional<Timestamp>& time) {
  // A year on both sides leaves room for any window.
  return time && *time > infinite_past + std::chrono::years(1) && *time < infinite_future - std::chrono::years(1);
}

using Text = std::optional<std::string>;

template <typename Unit>
Text count(const std::optional<Timestamp>& time) {
  if (!time) return std::nullopt;
  return std::to_string(std::chrono::floor<Unit>(*time).time_since_epoch().count());
}

Text iso(const std::optional<Timestamp>& time) { return time ? Text(to_rfc3339(*time)) : std::nullopt; }

template <typename Function>
Text of_number(const LinkFacts& facts, Function function) {
  return facts.number && !facts.opaque ? Text(function(*facts.number)) : std::nullopt;
}

Text trace_id(const LinkFacts& facts) {
  if (facts.trace_text.empty()) return std::nullopt;
  if (facts.opaque) return facts.trace_text;
  if (facts.plain_hex) return lower_case(facts.trace_text);
  return of_number(facts, hex_jaeger);
}

struct PlaceholderValue {
  std::string_view name;
  Text (*value)(const LinkFacts& facts);
};

using std::chrono::microseconds, std::chrono::milliseconds, std::chrono::seconds;

constexpr std::array<PlaceholderValue, 26> placeholder_values{{
    {"traceid", trace_id},
    {"traceidhex32", [](const LinkFacts& f) { return of_number(f, hex32); }},
    {"traceidhex16", [](const LinkFacts& f) { return of_number(f, [](TraceNumber n) { return hex16(n.low); }); }},
    {"traceiddec",
     [](const LinkFacts& f) { return of_number(f, [](TraceNumber n) { return std::to_string(n.low); }); }},
    {"traceiddec128", [](const LinkFacts& f) { return of_number(f, decimal); }},
    {"traceiduuid", [](const LinkFacts& f) { return of_number(f, uuid_text); }},
    {"traceidxray", [](const LinkFacts& f) { return of_number(f, xray_text); }},
    {"traceidraw", [](const LinkFacts& f) { return f.trace_text.empty() ? Text() : Text(f.trace_text); }},
    {"spanid", [](const LinkFacts& f) { return f.span; }},
    {"spaniddec", [](const LinkFacts& f) { return f.span ? Text(decimal(*number_from_hex(*f.span))) : std::nullopt; }},
    {"jobid", [](const LinkFacts& f) { return Text(f.job_id); }},
    {"queue", [](const LinkFacts& f) { return Text(f.queue); }},
    {"correlationid", [](const LinkFacts& f) { return Text(f.correlation_id); }},
    {"starts", [](const LinkFacts& f) { return count<seconds>(f.start); }},
    {"startms", [](const LinkFacts& f) { return count<milliseconds>(f.start); }},
    {"startus", [](const LinkFacts& f) { return count<microseconds>(f.start); }},
    {"startiso", [](const LinkFacts& f) { return iso(f.start); }},
    {"ends", [](const LinkFacts& f) { return count<seconds>(f.end); }},
    {"endms", [](const LinkFacts& f) { return count<milliseconds>(f.end); }},
    {"endus", [](const LinkFacts& f) { return count<microseconds>(f.end); }},
    {"endiso", [](const LinkFacts& f) { return iso(f.end); }},
    {"events", [](const LinkFacts& f) { return count<seconds>(f.event); }},
    {"eventms", [](const LinkFacts& f) { return count<milliseconds>(f.event); }},
    {"eventus", [](const LinkFacts& f) { return count<microseconds>(f.event); }},
    {"eventiso", [](const LinkFacts& f) { return iso(f.event); }},
    {"windowms",
     [](const LinkFacts& f) {
       return f.start && f.end ? Text(std::to_string(std::chrono::floor<milliseconds>(*f.end - *f.start).count()))
                               : std::nullopt;
     }},
}};

}  // namespace

LinkFacts link_facts(const Job& job, std::chrono::minutes window, Timestamp now) {
  LinkFacts facts;
  if (!job.ref.id.empty()) facts.job_id = job.ref.id.raw();
  facts.queue = text_of(job.queue);
  facts.correlation_id = text_of(job.trace.correlation_id);
  if (!job.spans.service.empty())
    facts.service = job.spans.service;
  else if (!job.system.empty())
    facts.service = job.system;
  const bool in_decimal = job.trace.trace_id && read_trace(facts, job.trace.trace_id->raw());
  if (std::optional<std::string> own = span_of(job.trace.span_id, in_decimal)) facts.span = std::move(own);
  if (!facts.span) facts.span = span_of(job.trace.parent_span_id, in_decimal);
  for (const std::optional<Timestamp>& time : {job.created_at, job.scheduled_at, job.started_at, job.finished_at}) {
    if (!is_finite(time)) continue;
    facts.event = *time;
    break;
  }
  if (!facts.event) return facts;
  const bool finished = is_finite(job.finished_at);
  facts.start = *facts.event - window;
  facts.end = std::max(finished ? *job.finished_at : now, *facts.event) + window;
  return facts;
}

void set_trace(LinkFacts& facts, std::string_view stored) { read_trace(facts, stored); }

bool is_link_placeholder(std::string_view name) {
  constexpr std::array<std::string_view, 11> composed{
      "service",       "panesjson", "leftjson",   "searchpanesjson", "tagsjson",  "annotationquery",
      "azuretimespan", "axiomjson", "corootjson", "azurescopejson",  "azurequery"};
  return std::ranges::find(placeholder_values, name, &PlaceholderValue::name) != placeholder_values.end() ||
         std::ranges::find(composed, name) != composed.end();
}

TemplateValue link_value(std::string_view name, const LinkFacts& facts, const ViewerSettings& settings) {
  if (name.starts_with("var.") || name == "service") {
    const std::string* const value = find_variable(settings.variables, name == "service" ? name : name.substr(4));
    if (value != nullptr) return {*value, {}};
    return {name == "service" ? Text(facts.service) : std::nullopt, {}};
  }
  if (name == "panesjson") return grafana_panes(facts, settings);
  if (name == "leftjson") return grafana_left(facts, settings);
  if (name == "searchpanesjson") return grafana_search_panes(facts, settings);
  if (name == "tagsjson") return jaeger_tags(facts);
  if (name == "annotationquery") return zipkin_annotation_query(facts);
  if (name == "axiomjson") return axiom_query(facts, settings);
  if (name == "corootjson") return coroot_query(facts);
  if (name == "azurescopejson") return azure_scope(settings);
  if (name == "azurequery") return azure_query(facts);
  if (name == "azuretimespan") return azure_timespan(facts);
  const auto known = std::ranges::find(placeholder_values, name, &PlaceholderValue::name);
  return {known == placeholder_values.end() ? std::nullopt : known->value(facts), {}};
}

}  // namespace queuetrace
