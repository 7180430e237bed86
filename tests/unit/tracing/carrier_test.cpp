// Trace context inside job payloads (docs/tracing.md section 0.3).
#include <doctest/doctest.h>

#include <string>

#include "tracing/trace_id.hpp"

namespace {

using namespace queuetrace;

const std::string id = "0af7651916cd43dd8448eb211c80319c";
const std::string span = "b7ad6b7169203331";
const std::string traceparent = "00-" + id + "-" + span + "-01";

std::string carrier(const std::string& text = traceparent) { return R"({"traceparent":")" + text + R"("})"; }

void check_found(const std::string& json) {
  CAPTURE(json);
  const std::optional<TraceContext> context = context_from_carrier(json);
  REQUIRE(context);
  CHECK(context->trace_id == Untrusted(id));
  CHECK(context->parent_span_id == Untrusted(span));
  CHECK_FALSE(context->span_id);
  CHECK(context->status == TraceStatus::w3c);
}

TEST_CASE("carriers are found at the top and one level down") {
  check_found(carrier());
  check_found(R"({"job":{"a":[1,2,{"traceparent":"00-1"}]},"TraceParent":")" + traceparent + "\"}");
  for (const char* place :
       {"trace_context", "tracing", "_trace", "otel", "headers", "meta", "metadata", "_otel", "_datadog"})
    check_found("{\"" + std::string(place) + "\":" + carrier() + "}");
  check_found(R"({"opts":{"attempts":3,"tm":"{\"traceparent\":\")" + traceparent + R"(\"}"}})");
  check_found(R"({"trace_context":"{\"traceparent\":\")" + traceparent + R"(\"}"})");
  check_found(R"({"b3":")" + id + "-" + span + "-1\"}");
  check_found(R"({"uber-trace-id":")" + id + ":" + span + ":0:1\"}");
  check_found(R"({"x-amzn-trace-id":"Root=1-0af76519-16cd43dd8448eb211c80319c;Parent=)" + span + "\"}");
  check_found(R"({"x-b3-traceid":")" + id + R"(","x-b3-spanid":")" + span + "\"}");
  check_found(R"({"traceparent":"00-broken","sentry-trace":")" + id + "-" + span + "\"}");
  check_found(R"({"x-datadog-trace-id":"9532127138774266268","x-datadog-parent-id":"13235353014750950193",)"
              R"("x-datadog-tags":"_dd.p.dm=-0,_dd.p.tid=0af7651916cd43dd"})");
}

TEST_CASE("a context is preferred to a flat id; a flat id brings its own span") {
  check_found(R"({"trace_id":"order-1","trace_context":)" + carrier() + "}");
  const std::optional<TraceContext> flat =
      context_from_carrier(R"({"id":"1","trace_id":"abc123def456","span_id":"789ghi"})");
  REQUIRE(flat);
  CHECK(flat->trace_id == Untrusted("abc123def456"));
  CHECK(flat->span_id == Untrusted("789ghi"));
  CHECK(flat->status == TraceStatus::w3c);
  CHECK(context_from_carrier(R"({"trace_id":"order-1"})")->status == TraceStatus::opaque);
}

TEST_CASE("nothing is found where nothing is, and nothing throws") {
  const std::string deep(200'000, '[');
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  for (const std::string& json :
       {std::string(), std::string("[]"), std::string("7"), std::string("{"), std::string("{\"a\":1}"),
        std::string("{\"traceparent\":\"\\ud800\"}"), "{\"a\":" + deep, objects, "[" + carrier() + "]",
        "{\"a\":" + carrier() + "}", "{\"trace_context\":{\"x\":" + carrier() + "}}",
        "{\"trace_context\":[" + carrier() + "]}", carrier("00-0AF7651916CD43DD8448EB211C80319C-" + span + "-01"),
        carrier("ff-" + id + "-" + span + "-01"), carrier("00-" + id + "-0000000000000000-01"),
        std::string("{\"trace_id\":\"\"}"), std::string("{\"traceparent\":\"\xff\"}")})
    CHECK_MESSAGE(!context_from_carrier(json), json.substr(0, 80));
}

}  // namespace
