#include "backends/engines/sql/carrier_members.hpp"

#include <algorithm>
#include <array>

#include "model/json_slices.hpp"
#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

/// Places and keys under which contexts travel (docs/tracing.md section 2.3, docs/systems/procrastinate.md
/// section 7.3).
constexpr std::array<std::string_view, 34> member_names{"traceparent",    "b3",
                                                        "x-b3-traceid",   "x-b3-spanid",
                                                        "uber-trace-id",  "x-amzn-trace-id",
                                                        "sentry-trace",   "trace_id",
                                                        "traceid",        "dd.trace_id",
                                                        "trace_context",  "x-cloud-trace-context",
                                                        "x-datadog-tags", "span_id",
                                                        "tracing",        "x-datadog-trace-id",
                                                        "headers",        "x-datadog-parent-id",
                                                        "_trace",         "otel",
                                                        "meta",           "metadata",
                                                        "_trace_context", "_otel",
                                                        "__otel",         "carrier",
                                                        "otel_context",   "otel_carrier",
                                                        "_otel_carrier",  "trace_ctx",
                                                        "__otel_headers", "_headers",
                                                        "_meta",          "__trace"};

/// `quoted`: a key as it is written; none of the names needs an escape.
bool is_named(std::string_view quoted) {
  const std::string_view key = quoted.substr(1, quoted.size() - 2);
  return std::ranges::any_of(member_names, [&](std::string_view name) { return equal_ignoring_case(name, key); });
}

}  // namespace

std::string carrier_member_list() {
  std::string list;
  for (const std::string_view name : member_names) list.append(list.empty() ? "'" : ", '").append(name).append("'");
  return list;
}

std::string carrier_members(std::string_view document) {
  const auto members = json_members(document);
  std::string chosen;
  if (!members) return chosen;
  for (const auto& [key, value] : *members) {
    if (!is_named(key) || value.size() > most_member) continue;
    chosen.append(chosen.empty() ? "{" : ", ").append(key).append(": ").append(value);
  }
  if (!chosen.empty()) chosen += '}';
  return chosen;
}

}  // namespace queuetrace
