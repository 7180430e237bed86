// Queries, spellings and grades (docs/tracing.md section 2.5), and what a stored id is good for.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "model/error.hpp"
#include "tracing/trace_id.hpp"

namespace {

using namespace queuetrace;

const std::string id = "0af7651916cd43dd8448eb211c80319c";

bool holds(const std::vector<std::string>& texts, const std::string& text) {
  return std::ranges::count(texts, text) == 1;
}

TEST_CASE("the spellings of a 128-bit id, the typed text first, none twice") {
  const TraceQuery query = make_trace_query(" 0AF7651916CD43DD8448EB211C80319C\n");
  CHECK(query.canonical == std::vector<std::string>{id});
  CHECK(query.spellings ==
        std::vector<std::string>{"0AF7651916CD43DD8448EB211C80319C", id, "0af76519-16cd-43dd-8448-eb211c80319c",
                                 "0AF76519-16CD-43DD-8448-EB211C80319C", "trace-0af76519-16cd-43dd-8448-eb211c80319c",
                                 "af7651916cd43dd8448eb211c80319c", "1-0af76519-16cd43dd8448eb211c80319c",
                                 "14576827793038113322513871894673895836", "CvdlGRbNQ92ESOshHIAxnA=="});
}

TEST_CASE("a 64-bit id is also looked for in 16 digits and in decimal") {
  const TraceQuery query = make_trace_query("48485a3953bb6124");
  for (const char* text :
       {"48485A3953BB6124", "000000000000000048485a3953bb6124", "5208512171318403364", "SEhaOVO7YSQ="})
    CHECK_MESSAGE(holds(query.spellings, text), text);
}

TEST_CASE("an ambiguous number is looked for in both readings") {
  const TraceQuery query = make_trace_query("8330054363468631196");
  CHECK(query.canonical ==
        std::vector<std::string>{"0000000000000000739a4c4f1e3d8c9c", "00000000000008330054363468631196"});
  CHECK(match_grade(query, "739a4c4f1e3d8c9c") == TraceMatch::same);
  CHECK(match_grade(query, "8330054363468631196") == TraceMatch::exact);
}

TEST_CASE("the documented example: all of these are the same") {
  const TraceQuery query = make_trace_query("550e8400-e29b-41d4-a716-446655440000");
  for (const char* stored :
       {"550e8400e29b41d4a716446655440000", "550E8400-E29B-41D4-A716-446655440000",
        "trace-550e8400-e29b-41d4-a716-446655440000", "1-550e8400-e29b41d4a716446655440000",
        "00-550e8400e29b41d4a716446655440000-00f067aa0ba902b7-01", "550e8400e29b41d4a716446655440000:1:0:1",
        "VQ6EAOKbQdSnFkRmVUQAAA==", "550e8400E29b41d4a716446655440000",
        "trace_id=550e8400e29b41d4a716446655440000;span_id=00f067aa0ba902b7;trace_flags=TraceFlags(1)",
        R"({"traceparent":"00-550e8400e29b41d4a716446655440000-00f067aa0ba902b7-01"})"})
    CHECK_MESSAGE(match_grade(query, stored) == TraceMatch::same, stored);
  for (const char* stored : {"", "550e8400e29b41d4a716446655440001", "550e8400e29b41d4a71644665544000",
                             "x550e8400e29b41d4a716446655440000", "550e8400-e29b-41d4-a716-44665544000"})
    CHECK_MESSAGE(match_grade(query, stored) == TraceMatch::none, stored);
}

TEST_CASE("low halves count only when asked for") {
  const TraceQuery query = make_trace_query("463ac35c9f6413ad48485a3953bb6124");
  CHECK_FALSE(matches(query, "48485a3953bb6124"));
  CHECK(match_grade(query, "48485a3953bb6124", true) == TraceMatch::low64);
  CHECK(match_grade(query, "563ac35c9f6413ad48485a3953bb6124", true) == TraceMatch::none);
}

TEST_CASE("opaque and raw text match literally") {
  CHECK(matches(make_trace_query("order-12345"), "order-12345"));
  CHECK_FALSE(matches(make_trace_query("order-12345"), "ORDER-12345"));
  const TraceQuery raw = make_trace_query("raw:" + id);
  CHECK(raw.spellings == std::vector<std::string>{id});
  CHECK(match_grade(raw, id) == TraceMatch::exact);
  CHECK_FALSE(matches(raw, "0AF7651916CD43DD8448EB211C80319C"));
  const TraceQuery exact = make_trace_query(id, true);
  CHECK(exact.canonical.empty());
  CHECK_FALSE(matches(exact, "0AF7651916CD43DD8448EB211C80319C"));
  CHECK(make_trace_query("trace_id: order-12345").typed == "order-12345");
}

TEST_CASE("a prefix matches canonical forms and what lists show") {
  const TraceQuery query = make_trace_query("0AF76519*");
  CHECK(query.prefix);
  CHECK(query.typed == "0af76519*");
  for (const char* stored :
       {"0af7651916cd43dd8448eb211c80319c", "0AF7651916CD43DD8448EB211C80319C", "af7651916cd43dd8448eb211c80319c",
        "0af76519-16cd-43dd-8448-eb211c80319c", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"})
    CHECK_MESSAGE(matches(query, stored), stored);
  CHECK_FALSE(matches(query, "1af7651916cd43dd8448eb211c80319c"));
  CHECK(matches(make_trace_query("48485a39*"), "48485a3953bb6124"));
  CHECK(matches(make_trace_query("550e8400-e29b*"), "trace-550e8400-e29b-41d4-a716-446655440000"));
  CHECK_THROWS_WITH_AS(make_trace_query("abc*"), "trace id prefix 'abc*' is too short: it needs 4 hex digits", Error);
  CHECK_FALSE(make_trace_query("order*").prefix);
}

TEST_CASE("what can never match is a usage error") {
  CHECK_THROWS_WITH_AS(make_trace_query("00000000000000000000000000000000"),
                       "cannot look for trace id '00000000000000000000000000000000': an id of zeros names no trace",
                       Error);
  CHECK_THROWS_WITH_AS(make_trace_query("a\x1b[31m"), "cannot look for this trace id: it has control characters in it",
                       Error);
  try {
    make_trace_query("traceparent: 00-xyz");
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.kind() == ErrorKind::usage);
    CHECK(error.hint() == "raw:TEXT looks for a text as it is");
  }
}

TEST_CASE("what a stored id is good for") {
  const std::vector<std::string_view> placeholders{"temp-trace-id"};
  const auto status = [&](std::string_view text) { return classify_trace_id(text, placeholders); };
  CHECK(status("") == TraceStatus::absent);
  CHECK(status("  ") == TraceStatus::absent);
  CHECK(status("temp-trace-id") == TraceStatus::placeholder);
  CHECK(status("00000000000000000000000000000000") == TraceStatus::placeholder);
  for (const char* text :
       {"0af7651916cd43dd8448eb211c80319c", "48485a3953bb6124", "abc123def456",
        "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", "8330054363468631196", "CvdlGRbNQ92ESOshHIAxnA=="})
    CHECK_MESSAGE(status(text) == TraceStatus::w3c, text);
  for (const char* text : {"trace-550e8400-e29b-41d4-a716-446655440000", "550e8400-e29b-41d4-a716-446655440000",
                           "order-12345", "12345", "cafe", "hex:0af7651916cd43dd8448eb211c80319c", "\xff\xfe",
                           "{traceID}", "http://localhost:16686/trace/0af7651916cd43dd8448eb211c80319c"})
    CHECK_MESSAGE(status(text) == TraceStatus::opaque, text);
}

}  // namespace
