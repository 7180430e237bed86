// Values inside texts that no server may parse.
#include <doctest/doctest.h>

#include "backends/engines/sql/document_place.hpp"

using namespace queuetrace;

namespace {

std::string under(std::string_view text, const std::vector<std::string>& members) {
  return text_under(text, members).value_or("-");
}

std::string behind(std::string_view text, std::string_view word) {
  const std::optional<TraceContext> context = context_behind(text, word);
  return context && context->trace_id ? context->trace_id->raw() : "-";
}

const std::string id = "0af7651916cd43dd8448eb211c80319c";
const std::string traceparent = "00-" + id + "-b7ad6b7169203331-01";

}  // namespace

TEST_CASE("a value is found by its members, through lists and texts that are JSON") {
  CHECK(under("plain text", {}) == "plain text");
  CHECK(under(R"({"a": {"b": "c"}})", {"a", "b"}) == "c");
  CHECK(under(R"({"a": [1, {"b": true}]})", {"a", "1", "b"}) == "true");
  CHECK(under(R"({"a": ["x", "y"]})", {"a", "-1"}) == "y");
  CHECK(under(R"({"a": ["x", "y"]})", {"a", "-3"}) == "-");
  CHECK(under(R"({"a": "[{\"b\": \"c\"}]"})", {"a", "0", "b"}) == "c");
  CHECK(under(R"({"0": "key"})", {"0"}) == "key");
  CHECK(under(R"({"a": {"b": [1,2]}})", {"a"}) == R"({"b":[1,2]})");
  CHECK(under(R"({"x": "\u0000s", "kind": "App\\Mail"})", {"kind"}) == "App\\Mail");
}

TEST_CASE("what is no JSON, or has nothing there, has no value") {
  for (const char* text : {"", "{", "null", "[]", "{}", R"({"a": null})", R"({"a": "not JSON"})", "\xff\xfe"})
    CHECK(under(text, {"a", "b"}) == "-");
  CHECK(under(R"({"a": null})", {"a"}) == "-");
  const std::string deep = std::string(100'000, '[') + std::string(100'000, ']');
  CHECK(under("{\"a\": " + deep + "}", {"a"}).size() < 1000);
}

TEST_CASE("a traceparent is found behind its word in PHP, YAML and XML") {
  CHECK(behind("s:11:\"traceparent\";s:55:\"" + traceparent + "\";", "traceparent") == id);
  CHECK(behind("headers:\n  traceparent: '" + traceparent + "'\n", "traceparent") == id);
  CHECK(behind("<traceparent>" + traceparent + "</traceparent>", "traceparent") == id);
  CHECK(behind("a traceparent, and later: traceparent=" + traceparent, "traceparent") == id);
  CHECK(behind("uber-trace-id=" + id + "\\:b7ad6b7169203331\\:0\\:1\n", "uber-trace-id") == id);
  CHECK(behind("traceparent" + std::string(65, ' ') + traceparent, "traceparent") == "-");
  CHECK(behind("traceparent: 00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01", "traceparent") == "-");
  CHECK(behind("traceparent", "traceparent") == "-");
  CHECK(behind(traceparent, "traceparent") == "-");
}

TEST_CASE("a text without the longest plain part of a glob cannot match it") {
  CHECK(longest_plain_part("App\\Jobs\\SendMail*") == "SendMail");
  CHECK(longest_plain_part("*") == "");
  CHECK(longest_plain_part("a/b") == "a");
  CHECK(longest_plain_part("\xc3\xa4lter") == "lter");
}
