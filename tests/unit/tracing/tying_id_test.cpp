// Constants in place of ids tie no jobs.
#include "tracing/tying_id.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;

TEST_CASE("ids that somebody made tie, constants do not") {
  for (const char* id : {"00f067aa0ba902b7", "0af7651916cd43dd8448eb211c80319c", "12345678901234567", "span-7",
                         "7c1e9d54-b8a2-4f0f-9e3d-6a1b52c8704d", "10", "order-17", "template-17"})
    CHECK_FALSE(is_constant_id(id));
  for (const char* id : {"temp-span-id", "collector_unavailable", "none", "unknown", "N/A", "null", "-", "0",
                         "0000000000000000", "ffffffffffffffff", "00000000-0000-0000-0000-000000000000", "0x0",
                         "temp-trace-1", "temp_2", "TMP:3", "dummy-trace-4", "placeholder5"})
    CHECK(is_constant_id(id));
}

TEST_CASE("only what generators of spans make can be a span: no words that are counted, no small numbers") {
  for (const char* id : {"00f067aa0ba902b7", "f067aa0ba902b7", "0x00f067aa0ba902b7", "12345678901234567",
                         "7c1e9d54-b8a2-4f0f-9e3d-6a1b52c8704d", "span-00f067aa0ba902b7", "AGfwZ6oLqQK3",
                         "V1StGXR8_Z5jdHi6B-myT", "1234567890123456"}) {
    CAPTURE(id);
    CHECK(can_be_span(id));
  }
  for (const char* id : {"temp-span-1",
                         "span-1",
                         "span_17",
                         "span1",
                         "tempSpan12",
                         "temporaryspan1",
                         "Span 3",
                         "s-1-2",
                         "1",
                         "42",
                         "temp-span-id-42",
                         "span-0000000001",
                         "job:1/step:2",
                         "0000000000000001",
                         "0x00000001",
                         "span-1a2b",
                         "run-20261130",
                         "span-1764500000",
                         "1764500000000",
                         "",
                         "temp-span-id",
                         "0000000000000000"}) {
    CAPTURE(id);
    CHECK_FALSE(can_be_span(id));
  }
}

TEST_CASE("what says that there is no id is none of any kind, names that people give are") {
  for (const char* id : {"", " ", "-", "0", "00-00", "0x0", "00000000-0000-0000-0000-000000000000",
                         "{00000000-0000-0000-0000-000000000000}", "None", "NULL", "undefined", "Unknown", "n/a"})
    CHECK(is_no_id(id));
  for (const char* id : {"1", "7", "11", "10", "nightly import", "order-17", "unknown-17", "default", "temp-span-id",
                         "00000000-0000-4000-8000-000000000000"})
    CHECK_FALSE(is_no_id(id));
}

TEST_CASE("a span ties only beside a trace that is no placeholder") {
  Job job;
  job.trace.span_id = Untrusted("00f067aa0ba902b7");
  job.trace.trace_id = Untrusted("0af7651916cd43dd8448eb211c80319c");
  job.trace.status = TraceStatus::w3c;
  CHECK(ties(job, job.trace.span_id));
  CHECK(ties_by_trace(job));
  job.trace.status = TraceStatus::placeholder;
  CHECK_FALSE(ties(job, job.trace.span_id));
  CHECK_FALSE(ties_by_trace(job));
  job.trace.status = TraceStatus::opaque;
  job.trace.trace_id = Untrusted("temp-trace-id");
  CHECK(ties(job, job.trace.span_id));
  CHECK_FALSE(ties_by_trace(job));
  CHECK_FALSE(ties(job, Untrusted("span-1")));
  CHECK_FALSE(ties(job, std::nullopt));
  CHECK_FALSE(ties(job, Untrusted("")));
}
