// The forms in which stores answer with spans, each read into the one vocabulary of model/span.hpp.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <vector>

#include "model/span.hpp"

namespace queuetrace {

/// Spans of one answer. What is not a span, or has no id, is counted and left out.
struct ParsedSpans {
  static constexpr std::size_t most = 10'000;  ///< the others are left out

  std::vector<Span> spans;
  bool recognised = false;     ///< the document has the form that was asked for, even if no span is in it
  bool cut = false;            ///< there were more than `most`
  std::size_t unreadable = 0;  ///< entries that are no spans

  /// Whether another one may be added; notes when not.
  bool has_room() { return spans.size() < most || (cut = true, false); }
};

/// `{"data":[{"spans":[...],"processes":{...}}]}`, all traces in it.
ParsedSpans jaeger_spans(const nlohmann::json& document);
/// `[{...}]` or, of a search, `[[{...}]]`.
ParsedSpans zipkin_spans(const nlohmann::json& document);
/// `resourceSpans` or `batches`, at the top or in `result` or `trace`: OTLP as Jaeger's version 3 and Tempo write it.
ParsedSpans otlp_spans(const nlohmann::json& document);

}  // namespace queuetrace
