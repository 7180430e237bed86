// The raw text prefilter: never a false "certainly not".
#include <doctest/doctest.h>

#include <string>

#include "tracing/trace_id.hpp"
#include "tracing/trace_needle.hpp"

namespace {

using namespace queuetrace;

const std::string id = "0af7651916cd43dd8448eb211c80319c";

std::string document(const std::string& value) {
  return R"({"id":"job-1","filepath":"/data/in.csv","trace_id":")" + value + R"(","span_id":"b7ad6b7169203331"})";
}

TEST_CASE("every spelling and context of an id is kept") {
  const TraceQuery query = make_trace_query(id);
  const TraceNeedle needle(query);
  for (const std::string& spelling : query.spellings) CHECK_MESSAGE(needle.may_occur(document(spelling)), spelling);
  for (const std::string& text :
       {"00-" + id + "-b7ad6b7169203331-01", id + ":1:0:1", std::string("0aF7651916cD43dd8448eB211c80319C"),
        std::string("\\u0030af7651916cd43dd8448eb211c80319\\u0063"),
        std::string("0af7651916cd43dd8448eb211c8\\u0030319c"),
        std::string("\\\\u0030af7651916cd43dd8448eb211c8031\\\\u0039c"), std::string("9532127138774266268")})
    CHECK_MESSAGE(needle.may_occur(document(text)), text);
}

TEST_CASE("other documents are ruled out, with escapes that cannot hide an id too") {
  const TraceNeedle needle(make_trace_query(id));
  CHECK_FALSE(needle.may_occur(document("1af7651916cd43dd8448eb211c80319d")));
  CHECK_FALSE(needle.may_occur(document("caf\\u00e9 \\u003ctag\\u003e \\n \\\"")));
  CHECK_FALSE(needle.may_occur(""));
  CHECK_FALSE(needle.may_occur("\\u00"));
}

TEST_CASE("a hit is found at every position of a document") {
  const TraceNeedle needle(make_trace_query(id));
  for (std::size_t before = 0; before < 70; ++before)
    for (const std::size_t after : {0U, 1U, 15U, 16U, 17U, 40U})
      CHECK(needle.may_occur(std::string(before, 'a') + id + std::string(after, 'b')));
}

TEST_CASE("small and opaque ids") {
  CHECK(TraceNeedle(make_trace_query("hex:1")).may_occur(document("1")));
  CHECK(TraceNeedle(make_trace_query("abc123def456")).may_occur(document("ABC123DEF456")));
  CHECK_FALSE(TraceNeedle(make_trace_query("abc123def456")).may_occur(document("abc123def457")));
  const TraceNeedle opaque(make_trace_query("order-12345"));
  CHECK(opaque.may_occur(document("order-12345")));
  CHECK(opaque.may_occur(document("\\u006frder-12345")));
  CHECK_FALSE(opaque.may_occur(document("Order-12345")));
  // Characters that JSON writers escape in several ways are not relied on.
  const TraceNeedle quoted(make_trace_query("raw:a\"b\\c/order<12>"));
  CHECK(quoted.may_occur(document("a\\\"b\\\\c\\/order<12>")));
  CHECK(quoted.may_occur(document("a\\\"b\\\\c/order\\u003c12\\u003e")));
  CHECK_FALSE(quoted.may_occur(document("order")));
  CHECK(TraceNeedle(make_trace_query("raw:\xc3\xa9")).may_occur(document("\\u00e9")));
}

TEST_CASE("prefixes and low halves") {
  const TraceNeedle prefix(make_trace_query("0af76519*"));
  CHECK(prefix.may_occur(document(id)));
  CHECK(prefix.may_occur(document("af7651916cd43dd8448eb211c80319c")));
  CHECK(prefix.may_occur(document("0AF76519-16cd-43dd-8448-eb211c80319c")));
  CHECK_FALSE(prefix.may_occur(document("1bf7651916cd43dd8448eb211c80319c")));
  const TraceNeedle low(make_trace_query("463ac35c9f6413ad48485a3953bb6124"), true);
  for (const char* text : {"48485a3953bb6124", "5208512171318403364", "SEhaOVO7YSQ="})
    CHECK_MESSAGE(low.may_occur(document(text)), text);
}

}  // namespace
