// What Tempo answers when it is searched.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tracing/span_store/span_json.hpp"
#include "tracing/span_store/trace_search.hpp"

namespace queuetrace {
namespace {

using Json = nlohmann::json;

/// What Tempo tells of a trace; services with their spans and errors in newer versions.
std::optional<FoundTrace> tempo_trace(const Json& entry) {
  FoundTrace found;
  found.id = trace_id_of(text_member(entry, "traceID"));
  if (found.id.empty()) return std::nullopt;
  Span root;
  set_names(root, text_member(entry, "rootTraceName"), text_member(entry, "rootServiceName"));
  const std::optional<std::int64_t> nanoseconds = number_member(entry, "startTimeUnixNano");
  set_times(root, nanoseconds ? std::optional(*nanoseconds / 1000) : std::nullopt, std::nullopt);
  found.name = root.name;
  found.service = root.service;
  found.begin = root.begin;
  if (const std::optional<std::int64_t> length = number_member(entry, "durationMs"); length && *length >= 0)
    found.length = Milliseconds(*length);
  const Json* services = member(entry, "serviceStats");
  if (services == nullptr || !services->is_object()) return found;
  std::size_t spans = 0, errors = 0;
  for (const Json& service : *services) {
    spans += static_cast<std::size_t>(std::max<std::int64_t>(0, number_member(service, "spanCount").value_or(0)));
    errors += static_cast<std::size_t>(std::max<std::int64_t>(0, number_member(service, "errorCount").value_or(0)));
  }
  found.spans = spans;
  found.errors = errors;
  return found;
}

}  // namespace

std::vector<FoundTrace> tempo_traces(const Json& document) {
  std::vector<FoundTrace> traces;
  for (const Json& entry : array_member(document, "traces"))
    if (std::optional<FoundTrace> found = tempo_trace(entry)) traces.push_back(std::move(*found));
  std::ranges::stable_sort(traces, std::greater(),
                           [](const FoundTrace& trace) { return trace.begin.value_or(infinite_past); });
  return traces;
}

}  // namespace queuetrace
