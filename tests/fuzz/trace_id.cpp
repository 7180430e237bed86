// Fuzz target: reading, matching and linking trace ids from arbitrary bytes. Checks that nothing throws, that what is
// read can be read back, and that the raw text prefilter never rules out a document that matches.
#include "tracing/trace_id.hpp"
#include "model/error.hpp"
#include "tests/fuzz/require.hpp"
#include "tracing/trace_needle.hpp"
#include "tracing/viewer.hpp"

namespace {

using namespace queuetrace;
using fuzz::require;

void check_links(std::string_view text) {
  ViewerSettings settings;
  settings.name = "custom";
  settings.url = "https://viewer.example/trace/{traceID}?span={spanID}";
  const Viewer::Link link = Viewer(settings).trace_link(text, Timestamp());
  require(link.url.has_value() != !link.reason.empty());
  if (link.url) require(link.url->starts_with("https://viewer.example/trace/"));
}

void check_query(std::string_view text) {
  try {
    const TraceQuery query = make_trace_query(text);
    const TraceNeedle needle(query);
    if (query.prefix) return;
    for (const std::string& spelling : query.spellings) {
      require(matches(query, spelling));
      // Spellings made of plain characters stand in JSON as they are.
      if (spelling.find_first_of("\"\\") == std::string::npos) require(needle.may_occur(spelling));
    }
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::usage);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::text_of(data, size);
  const ParsedTraceId parsed = parse_trace_id(text);
  require(parsed.kind.empty() == !parsed.error.empty());
  if (!parsed.canonical.empty()) {
    require(parsed.canonical.size() == 32);
    require(parse_trace_id("hex:" + parsed.canonical).canonical == parsed.canonical);
  }
  (void)classify_trace_id(text);
  (void)context_from_carrier(text);
  check_links(text);
  check_query(text);
  return 0;
}
