// Trace ids in every spelling: what a user pastes, what a store holds, and when the two are the same
// (docs/tracing.md section 2).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/job.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

/// A text read as a trace id or trace context by the rules of docs/tracing.md section 2.3.
struct ParsedTraceId {
  std::string kind;               ///< `hex128`, `traceparent`, `uuid`, `opaque`, ... ; empty when `error` is set
  std::string error;              ///< `zero`, `bad-traceparent`, `too-long`, ... ; empty when it parsed
  std::string canonical;          ///< 32 lower-case hex digits; empty for opaque text
  std::string span;               ///< 16 lower-case hex digits, where the text named one
  std::vector<std::string> also;  ///< further canonical readings of an ambiguous text
  std::string note;               ///< `nonconforming-case`, `ambiguous-decimal`, ...
  std::string text;  ///< the text without surrounding blanks; of opaque text, what to match literally: without `raw:`
                     ///< or a header name
};

/// Never throws; cost linear in the text.
ParsedTraceId parse_trace_id(std::string_view text);

/// The same for a text read from a store: no `hex:`, `raw:` and other type prefixes, and no URLs: users
/// paste those; in a store they are opaque text.
ParsedTraceId parse_stored_trace_id(std::string_view stored);

/// The query for `--trace-id`, with every spelling to look for (docs/tracing.md section 2.5). A trailing `*` on 4 or
/// more hex digits (dashes of a UUID may be among them) asks for a prefix; its `spellings` hold the digits with the
/// star and nothing else. `exact`: only the text as typed. Throws Error{usage} naming the
/// problem when nothing could ever match.
TraceQuery make_trace_query(std::string_view typed, bool exact = false);

/// How certain it is that a stored text is the trace asked for (docs/tracing.md section 2.5). `low64`: the low halves
/// are equal and one side has no high half, as after a hop through 64-bit software; not counted as a match unless asked
/// for.
enum class TraceMatch { none, low64, same, exact };

/// The grade of a stored text. Equality with the spellings comes first, plain hex is compared in place; only other
/// texts are parsed. `low64` is returned only when `with_low64`.
TraceMatch match_grade(const TraceQuery& query, std::string_view stored, bool with_low64 = false);

/// Whether a stored text is the trace asked for: equal to a spelling, or the same canonical id. Stored texts may be
/// whole contexts (traceparent, kv-context, carrier).
bool matches(const TraceQuery& query, std::string_view stored);

/// What a stored trace id is good for. `placeholders`: constants this system writes instead of ids; an id of zeros
/// counts as one.
/// `w3c`: everything a viewer can open by id: 16 or 32 hex digits, other hex of 8 or more digits with a letter
/// (`abc123def456`), traceparent, B3, Jaeger, X-Ray, Google, base64 and Datadog decimal forms.
/// `opaque`: the rest. A UUID and Hammerwork's `trace-<uuid>` are opaque although they match by value: such an id was
/// made by the application, and the worker's spans carry it as an attribute, not as their trace id
/// (docs/systems/hammerwork.md section 7), so the attribute search finds what `/trace/<hex>` would not. Short or
/// decimal-only texts below 16 digits are opaque because order numbers look like that.
TraceStatus classify_trace_id(std::string_view stored, const std::vector<std::string_view>& placeholders = {});

/// Trace context found in a carrier: a JSON object with traceparent, b3, uber-trace-id, x-amzn-trace-id, sentry-trace
/// or Datadog keys, at the top or one level down under the names of docs/tracing.md section 0.3. Absent when there is
/// none. Never throws.
std::optional<TraceContext> context_from_carrier(std::string_view json);

/// The context of a traceparent that may be continued; absent for every other text.
std::optional<TraceContext> context_from_traceparent(std::string_view text);

}  // namespace queuetrace
