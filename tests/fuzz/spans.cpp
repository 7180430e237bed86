// Fuzz target: what span stores answer, Jaeger in both versions of its API, Zipkin and Tempo, about one trace and when
// they are searched. Checks that every span has the ids that the others of the program rely on, and that no more are
// read than the bound.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "tests/fuzz/require.hpp"
#include "tracing/span_store/span_formats.hpp"
#include "tracing/span_store/span_json.hpp"
#include "tracing/span_store/trace_search.hpp"

namespace {

using namespace queuetrace;
using fuzz::require;

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

void check_found(const std::vector<FoundTrace>& traces) {
  for (const FoundTrace& found : traces) {
    require(is_hex(found.id, 32));
    require(!found.length || found.length->count() >= 0);
    if (found.begin) (void)to_rfc3339_exact(*found.begin);
  }
}

void check_spans(const ParsedSpans& parsed) {
  require(parsed.spans.size() <= ParsedSpans::most);
  require(parsed.recognised || parsed.spans.empty());
  for (const Span& span : parsed.spans) {
    require(is_hex(span.trace, 32) && is_hex(span.id, 16));
    require(span.parent.empty() || is_hex(span.parent, 16));
    require(!span.end || (span.begin && *span.begin <= *span.end));
  }
  check_found(traces_of(parsed.spans));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::optional<nlohmann::json> document = bounded_json(std::string(fuzz::text_of(data, size)));
  if (!document) return 0;
  check_spans(jaeger_spans(*document));
  check_spans(zipkin_spans(*document));
  check_spans(otlp_spans(*document));
  check_found(tempo_traces(*document));
  return 0;
}
