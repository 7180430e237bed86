// The spans of the traces that jobs belong to, from the viewers that have them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/context.hpp"
#include "commands/exit_code.hpp"
#include "commands/job/links.hpp"
#include "model/error.hpp"
#include "model/span.hpp"
#include "model/value.hpp"
#include "tracing/span_store/http_get.hpp"
#include "tracing/span_store/settings.hpp"

namespace queuetrace {

/// How one viewer fared with one trace.
struct SpanOutcome {
  std::string viewer;
  const Viewer* shown_by = nullptr;  ///< the viewer itself, of the context; nullptr: nobody was asked
  std::string address;               ///< `http://localhost:16686`; empty: no API is known
  std::string trace;                 ///< 32 hex digits
  std::size_t spans = 0;
  std::size_t rebuilt = 0;  ///< of them, spans that `trace export` made of these jobs, which are left out
  std::optional<Error> error;
  std::optional<std::string> truncated;  ///< why spans may be missing
  Milliseconds elapsed{};

  /// `jaeger (http://localhost:16686)`
  std::string store() const;
};

struct TraceSpans {
  ReadSpans read;
  std::vector<SpanOutcome> outcomes;     ///< one a trace
  std::optional<std::string> truncated;  ///< why not every trace was asked for
};

/// Asks for every trace that the jobs carry, up to 8, each at the viewer of the job's source (--viewer wins); for
/// `typed`, a trace id, where no job carries one. All together take 10 seconds at most, or what --timeout says; a store
/// that has failed is not asked again. Never throws for what a store does.
TraceSpans read_trace_spans(const std::vector<Job>& jobs, const std::optional<std::string>& typed,
                            const LinkMaker& links, const Context& context);

/// The viewer's link to the span in its trace; absent where it makes none.
std::optional<std::string> span_url(const Span& span, const TraceSpans& spans, Timestamp now);

/// How spans of this viewer are read, or why they cannot be.
SpanStoreChoice span_store_of(const Viewer& viewer, const Context& context);

/// The bounds of everything that is asked of span stores in one run.
HttpBounds span_bounds(const Context& context);

/// Warns of each failure and of what is cut, notes which traces a store does not have; says what is shown without.
void report_spans(const TraceSpans& spans, Notices& notices);

/// The same in sentences, for drawings.
std::vector<std::string> span_remarks(const TraceSpans& spans);

/// `span_stores`: viewer, address, trace_id, status (ok, not_found, failed, truncated), spans, rebuilt, error,
/// truncated, elapsed_ms.
Field span_outcome_field(const TraceSpans& spans);

/// partial where a store failed or spans may be missing, else `otherwise`.
ExitCode with_spans(const TraceSpans& spans, ExitCode otherwise);

}  // namespace queuetrace
