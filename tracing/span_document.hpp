// Spans in the JSON that collectors and span stores take, in documents below the size that they refuse.
#pragma once

#include <cstddef>
#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "tracing/rebuilt_trace.hpp"

namespace queuetrace {

enum class SpanEncoding { otlp, zipkin };

/// One line of JSON without its line feed: an OTLP request, or a list of Zipkin's.
struct SpanDocument {
  std::string text;
  std::size_t spans = 0;
};

/// Jaeger takes 19 MiB at once and Zipkin 9 (tried on 1.76 and 3.5.1).
inline constexpr std::size_t largest_span_document = 4 * 1024 * 1024;

/// Hands over the spans in documents of at most `most` bytes, or of one span where that alone has more (texts are cut
/// after 4 KiB), until `take` returns false. Holds one document at a time.
void write_span_documents(std::span<const RebuiltSpan> spans, SpanEncoding encoding, std::string_view program_version,
                          const std::function<bool(const SpanDocument&)>& take,
                          std::size_t most = largest_span_document);

}  // namespace queuetrace
