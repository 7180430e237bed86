#include "tracing/span_store/trace_search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "tracing/percent.hpp"
#include "tracing/span_store/span_formats.hpp"
#include "tracing/span_store/span_json.hpp"
#include "tracing/span_store/span_store.hpp"
#include "tracing/span_store/trace_ql.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::json;

constexpr std::size_t most_services = 16;
constexpr std::size_t looked_through = 200;  ///< traces of a store that does not look at tags

/// An answer that was read, or why there is none. `missing`: the server does not have this API, or says in its JSON
/// that it has found nothing.
struct Reply {
  std::optional<Json> document;
  SearchAnswer failure;
  bool missing = false;
  bool finds_nothing = false;
};

Reply ask_for(const SpanStoreSettings& store, const std::string& path, const HttpBounds& bounds) {
  const HttpAnswer http = http_get(store.base + path, store.headers, bounds);
  Reply reply;
  reply.failure.kind = http.kind;
  reply.failure.problem = http.problem;
  if (!http.problem.empty()) return reply;
  reply.missing = http.status == 404 || http.status == 405 || http.status == 501;
  if (http.status != 200) {
    reply.failure.problem = status_problem(http.status);
    reply.failure.kind = status_kind(http.status);
    reply.finds_nothing = http.status == 404 && bounded_json(http.body);
    return reply;
  }
  reply.document = bounded_json(http.body);
  reply.missing = !reply.document;  // the page that some servers answer with whatever is asked
  if (!reply.document) reply.failure.problem = "its answer is not JSON that can be read";
  return reply;
}

std::int64_t micros(Timestamp time) { return time.time_since_epoch().count(); }

/// The newest of them; says when there may be more.
SearchAnswer within_limit(std::vector<FoundTrace> traces, const TraceSearch& search) {
  SearchAnswer answer;
  answer.more = traces.size() >= search.limit;
  traces.resize(std::min(traces.size(), search.limit));
  answer.traces = std::move(traces);
  return answer;
}

SearchAnswer not_this_api() {
  SearchAnswer answer;
  answer.problem = "its answer is not one of this API";
  return answer;
}

bool has_tags(const Span& span, const TraceSearch& search) {
  return std::ranges::all_of(search.tags, [&](const auto& tag) {
    const Untrusted* value = span.attribute(tag.first);
    return value != nullptr && value->raw() == tag.second;
  });
}

std::vector<std::string> sorted_names(const Json& document, const char* member) {
  std::vector<std::string> names;
  for (const Json& name : array_member(document, member))
    if (name.is_string()) names.push_back(name.get<std::string>());
  std::ranges::sort(names);
  return names;
}

std::string not_every_service(std::size_t services) {
  return fmt::format("only {} of {} services were asked; --service names one", most_services, services);
}

std::string third_path(const TraceSearch& search, const std::string& service, std::size_t wanted) {
  return fmt::format(
      "/api/v3/traces?query.service_name={}&query.start_time_min={}"
      "&query.start_time_max={}&query.num_traces={}",
      percent_encode(service), percent_encode(to_rfc3339_exact(search.since)),
      percent_encode(to_rfc3339_exact(search.until)), wanted);
}

/// It finds nothing without the name of a service, and does not look at tags.
SearchAnswer search_jaeger_third(const SpanStoreSettings& store, const TraceSearch& search, const HttpBounds& bounds) {
  const std::size_t wanted = std::max(looked_through, search.limit);
  std::vector<std::string> services{search.service};
  if (search.service.empty()) {
    const Reply known = ask_for(store, "/api/v3/services", bounds);
    if (!known.document) return known.failure;
    services = sorted_names(*known.document, "services");
  }
  std::vector<Span> spans;
  std::size_t looked = 0;
  bool cut = false;
  for (std::size_t at = 0; at < std::min(services.size(), most_services) && !cut; ++at) {
    const Reply reply = ask_for(store, third_path(search, services[at], wanted), bounds);
    if (reply.finds_nothing) continue;
    if (!reply.document) return reply.failure;
    ParsedSpans parsed = otlp_spans(*reply.document);
    if (!parsed.recognised) return not_this_api();
    std::set<std::string> fitting, all;
    for (const Span& span : parsed.spans) {
      all.insert(span.trace);
      if (has_tags(span, search)) fitting.insert(span.trace);
    }
    std::erase_if(parsed.spans, [&](const Span& span) { return !fitting.contains(span.trace); });
    std::ranges::move(parsed.spans, std::back_inserter(spans));
    looked += all.size();
    cut = parsed.cut || all.size() >= wanted || spans.size() > ParsedSpans::most;
  }
  SearchAnswer answer = within_limit(traces_of(spans), search);
  if (cut)
    answer.incomplete = fmt::format(
        "it does not search by tag: only {} traces of that time were looked through; "
        "a shorter time finds the others",
        looked);
  else if (services.size() > most_services)
    answer.incomplete = not_every_service(services.size());
  return answer;
}

std::string jaeger_path(const TraceSearch& search, const std::string& service) {
  Json tags = Json::object();
  for (const auto& [name, value] : search.tags) tags[name] = value;
  return fmt::format("/api/traces?service={}&tags={}&start={}&end={}&limit={}", percent_encode(service),
                     percent_encode(tags.dump(-1, ' ', true, Json::error_handler_t::replace)), micros(search.since),
                     micros(search.until), search.limit);
}

SearchAnswer search_jaeger(const SpanStoreSettings& store, const TraceSearch& search, const HttpBounds& bounds) {
  std::vector<std::string> services{search.service};
  if (search.service.empty()) {
    const Reply known = ask_for(store, "/api/services", bounds);
    if (known.missing) return search_jaeger_third(store, search, bounds);
    if (!known.document) return known.failure;
    services = sorted_names(*known.document, "data");
  }
  std::vector<Span> spans;
  bool cut = false;
  for (std::size_t at = 0; at < std::min(services.size(), most_services); ++at) {
    const Reply reply = ask_for(store, jaeger_path(search, services[at]), bounds);
    if (reply.missing) return search_jaeger_third(store, search, bounds);
    if (!reply.document) return reply.failure;
    ParsedSpans parsed = jaeger_spans(*reply.document);
    if (!parsed.recognised) return not_this_api();
    cut = cut || parsed.cut;
    std::ranges::move(parsed.spans, std::back_inserter(spans));
    cut = cut || spans.size() > ParsedSpans::most;
    if (spans.size() > ParsedSpans::most) break;
  }
  SearchAnswer answer = within_limit(traces_of(spans), search);
  if (services.size() > most_services)
    answer.incomplete = not_every_service(services.size());
  else if (cut)
    answer.incomplete = fmt::format("only the first {} spans are read", ParsedSpans::most);
  return answer;
}

SearchAnswer search_zipkin(const SpanStoreSettings& store, const TraceSearch& search, const HttpBounds& bounds) {
  std::string query;
  for (const auto& [name, value] : search.tags) {
    if ((name + "=" + value).find(" and ") != std::string::npos) {
      SearchAnswer answer;
      answer.problem = "a tag with ' and ' in it cannot be asked for: it would be two";
      answer.kind = ErrorKind::usage;
      return answer;
    }
    query += (query.empty() ? "" : " and ") + name + "=" + value;
  }
  const std::string service = search.service.empty() ? "" : "&serviceName=" + percent_encode(search.service);
  const Reply reply = ask_for(
      store,
      fmt::format("/api/v2/traces?annotationQuery={}{}&endTs={}&lookback={}&limit={}", percent_encode(query), service,
                  micros(search.until) / 1000, micros(search.until) / 1000 - micros(search.since) / 1000, search.limit),
      bounds);
  if (!reply.document) return reply.failure;
  const ParsedSpans parsed = zipkin_spans(*reply.document);
  if (!parsed.recognised) return not_this_api();
  SearchAnswer answer = within_limit(traces_of(parsed.spans), search);
  if (parsed.cut) answer.incomplete = fmt::format("only the first {} spans are read", ParsedSpans::most);
  return answer;
}

SearchAnswer search_tempo(const SpanStoreSettings& store, const TraceSearch& search, const HttpBounds& bounds) {
  const Reply reply = ask_for(
      store,
      fmt::format("/api/search?q={}&start={}&end={}&limit={}", percent_encode(trace_ql(search.tags, search.service)),
                  micros(search.since) / 1'000'000, micros(search.until) / 1'000'000 + 1, search.limit),
      bounds);
  if (!reply.document) return reply.failure;
  if (member(*reply.document, "traces") == nullptr && member(*reply.document, "metrics") == nullptr)
    return not_this_api();
  return within_limit(tempo_traces(*reply.document), search);
}

}  // namespace

std::vector<FoundTrace> traces_of(const std::vector<Span>& spans) {
  struct Extent {
    FoundTrace found;
    std::optional<Timestamp> end;
    const Span* root = nullptr;
    std::set<std::pair<std::string, Untrusted>> seen;  ///< of services asked one by one, the same trace comes twice
  };
  std::map<std::string, Extent> extents;
  for (const Span& span : spans) {
    Extent& extent = extents[span.trace];
    FoundTrace& found = extent.found;
    if (!extent.seen.emplace(span.id, span.service).second) continue;
    found.id = span.trace;
    found.spans = found.spans.value_or(0) + 1;
    found.errors = found.errors.value_or(0) + (span.status == Span::Status::error ? 1 : 0);
    if (span.begin) found.begin = std::min(found.begin.value_or(*span.begin), *span.begin);
    if (span.end) extent.end = std::max(extent.end.value_or(*span.end), *span.end);
    const auto rank = [](const Span& one) {
      return std::pair(!one.parent.empty(), one.begin.value_or(infinite_future));
    };
    if (extent.root == nullptr || rank(span) < rank(*extent.root)) extent.root = &span;
  }
  std::vector<FoundTrace> traces;
  for (auto& [id, extent] : extents) {
    extent.found.name = extent.root->name;
    extent.found.service = extent.root->service;
    if (extent.found.begin && extent.end)
      extent.found.length = std::chrono::duration_cast<Milliseconds>(*extent.end - *extent.found.begin);
    traces.push_back(std::move(extent.found));
  }
  std::ranges::stable_sort(traces, std::greater(),
                           [](const FoundTrace& trace) { return trace.begin.value_or(infinite_past); });
  return traces;
}

SearchAnswer search_traces(const SpanStoreSettings& store, const TraceSearch& search, const HttpBounds& bounds) {
  try {
    switch (store.api) {
      case SpanApi::jaeger: return search_jaeger(store, search, bounds);
      case SpanApi::zipkin: return search_zipkin(store, search, bounds);
      case SpanApi::tempo: return search_tempo(store, search, bounds);
    }
  } catch (const std::exception&) {  // out of memory
  }
  SearchAnswer answer;
  answer.problem = "its answer cannot be kept";
  return answer;
}

}  // namespace queuetrace
