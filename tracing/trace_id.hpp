// Trace ids in every spelling: what a user pastes, what a store holds, and when the two are the same
// (reference/tracing.md section 2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/job.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

/// A text read as a trace id or trace context by the rules of tracing.md section 2.3.
struct ParsedTraceId {
  std::string kind;               ///< `hex128`, `traceparent`, `uuid`, `opaque`, ... ; empty when `error` is set
  std::string error;              ///< `zero`, `bad-traceparent`, `too-long`, ... ; empty when it parsed
  std::string canonical;          ///< 32 lower-case hex digits; empty for opaque text
  std::string span;               ///< 16 lower-case hex digits, where the text named one
  std::vector<std::string> also;  ///< further canonical readings of an ambiguous text
  std::string note;               ///< `nonconforming-case`, `ambiguous-decimal`, ...
  std::string text;               ///< the text without surrounding blanks
};

/// Never throws; cost linear in the text.
ParsedTraceId parse_trace_id(std::string_view text);

/// The query for `--trace-id`, with every spelling to look for (tracing.md section 2.5). A trailing `*` on 4 or more
/// hex digits asks for a prefix. `exact`: only the text as typed. Throws Error{usage} naming the problem where nothing
/// could ever match.
TraceQuery make_trace_query(std::string_view typed, bool exact = false);

/// Whether a stored text is the trace asked for: equal to a spelling, or the same canonical id. Stored texts may be
/// whole contexts (traceparent, kv-context, carrier).
bool matches(const TraceQuery& query, std::string_view stored);

/// What a stored trace id is good for. `placeholders`: constants this system writes instead of ids.
TraceStatus classify_trace_id(std::string_view stored, const std::vector<std::string_view>& placeholders = {});

/// Trace context found in a carrier: a JSON object with traceparent, b3, uber-trace-id, x-amzn-trace-id, sentry-trace
/// or Datadog keys, at the top or one level down under the names of tracing.md section 0.3. Absent when there is none.
/// Never throws.
std::optional<TraceContext> context_from_carrier(std::string_view json);

}  // namespace queuetrace
