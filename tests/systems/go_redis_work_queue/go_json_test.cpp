// JSON as Go's encoding/json takes it: checked against what json.Valid and json.Unmarshal do with the same bytes.
#include "backends/systems/go_redis_work_queue/go_json.hpp"

#include <doctest/doctest.h>

#include "backends/systems/go_redis_work_queue/json_member.hpp"

using namespace queuetrace;
using namespace queuetrace::go_redis_work_queue;

namespace {

/// The value of `a` as Go would decode it into a string; "refused" where Unmarshal fails.
std::string decoded(std::string_view document) {
  const GoJson parsed = parse_as_go(document);
  if (!parsed.is_structure()) return "refused";
  GoFields fields{parsed};
  const std::string text = fields.text("a");
  return fields.rejected ? "rejected" : text;
}

/// The number `n` as Go would decode it into an int64; -999 where Unmarshal fails.
std::int64_t number(std::string_view text) {
  const GoJson parsed = parse_as_go(text);
  GoFields fields{parsed};
  const std::int64_t value = fields.number("n");
  return fields.rejected || !parsed.is_structure() ? -999 : value;
}

std::string nested(std::size_t depth) {
  return R"({"a":"x","deep":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
}

}  // namespace

TEST_CASE("what is no Unicode reads as U+FFFD, byte by byte, inside strings only") {
  const std::string bad = "\xEF\xBF\xBD";
  CHECK(decoded("{\"a\":\"x\xFFy\"}") == "x" + bad + "y");
  CHECK(decoded("{\"a\":\"\xE2\x82\"}") == bad + bad);            // a character that ends early
  CHECK(decoded("{\"a\":\"\xC0\xAF\"}") == bad + bad);            // overlong
  CHECK(decoded("{\"a\":\"\xED\xA0\x80\"}") == bad + bad + bad);  // a surrogate
  CHECK(decoded("{\"a\":\"\xF4\x90\x80\x80\"}") == bad + bad + bad + bad);
  CHECK(decoded("{\"a\":\"\xE2\x82\xAC\xF0\x9F\x98\x80\"}") == "\xE2\x82\xAC\xF0\x9F\x98\x80");
  CHECK(decoded(R"({"a":"\ud800"})") == bad);
  CHECK(decoded(R"({"a":"\udc00x"})") == bad + "x");
  CHECK(decoded(R"({"a":"\ud83d\ude00"})") == "\xF0\x9F\x98\x80");
  CHECK(decoded(R"({"a":"\ud800\ud83d\ude00"})") == bad + "\xF0\x9F\x98\x80");
  CHECK(decoded(R"({"a":"\\ud800"})") == R"(\ud800)");
  CHECK(decoded("{\"a\":\"x\"}\xFF") == "refused");
  CHECK(decoded("\xFF{\"a\":\"x\"}") == "refused");
  CHECK(decoded("\xEF\xBB\xBF{\"a\":\"x\"}") == "refused");
  CHECK(decoded("{\"a\":\"x\ny\"}") == "refused");
  CHECK(decoded("{\"a\":\"\xFF\"") == "refused");
  CHECK(decoded("{\"a\":\"\xFF\\u12\"}") == "refused");
  CHECK_FALSE(parse_as_go(R"({"a":"x"})").replaced);
  CHECK(parse_as_go("{\"a\":\"\xFF\"}").replaced);
}

TEST_CASE("the last member that names a field fills it, in any case and by Unicode folding") {
  CHECK(decoded(R"({"A":"x"})") == "x");
  CHECK(decoded(R"({"A":"x","a":"y"})") == "y");
  CHECK(decoded(R"({"a":"y","A":"x"})") == "x");
  CHECK(decoded(R"({"a":"y","A":null})") == "y");
  CHECK(decoded(R"({"a":1,"A":"x"})") == "rejected");
  CHECK(decoded(R"({"\u0041":"x","b":{"a":"inner"},"c":["a"]})") == "x");
  const GoJson folded = parse_as_go("{\"\xC5\xBFpan_id\":\"long s\",\"\xE2\x84\xAA\":\"Kelvin\"}");
  GoFields fields{folded};
  CHECK(fields.text("span_id") == "long s");
  CHECK(fields.text("k") == "Kelvin");
  CHECK(fields.text("pan_id").empty());
  CHECK(fields.has("span_id"));
}

TEST_CASE("what stands beside the fields decides whether Go reads a document at all") {
  CHECK(decoded(std::string_view("{\"a\":\"x\"}\0", 10)) == "refused");
  CHECK(decoded(std::string_view("{\"a\":\"x\"}\0{}", 12)) == "refused");
  CHECK(decoded(std::string_view("{\"a\":\"x\0\"}", 10)) == "refused");
  CHECK(decoded(R"({"a":"x"} x)") == "refused");
  CHECK(decoded(R"({"a":"x"}{})") == "refused");
  CHECK(decoded(R"({"a":"x",})") == "refused");
  CHECK(decoded(R"({"a":"x" "b":1})") == "refused");
  CHECK(decoded(R"({"a":"x","b":[1,]})") == "refused");
  CHECK(decoded(R"({"a":"x","b":{"c"}})") == "refused");
  CHECK(decoded(R"({"a":"x","b":01})") == "refused");
  CHECK(decoded(R"({"a":"x","b":.5})") == "refused");
  CHECK(decoded(R"({"a":"x","b":1.})") == "refused");
  CHECK(decoded(R"({"a":"x","b":NaN})") == "refused");
  CHECK(decoded(R"({"a":"\x"})") == "refused");
  CHECK(decoded("") == "refused");
  CHECK(decoded("[]") == "refused");
  CHECK(decoded("7") == "refused");
  CHECK(decoded(" null ") == "");
  CHECK(decoded("{}") == "");
  CHECK(decoded(R"({"b":1e999,"c":-12345678901234567890123,"a":"x"})") == "x");
  CHECK(decoded(" {\r\n\t\"a\" : \"x\" , \"b\" : [ { \"c\" : [ ] } , { } ] } ") == "x");
  CHECK(decoded(nested(9'999)) == "x");
  CHECK(decoded(nested(10'000)) == "refused");
}

TEST_CASE("fields are of one type only") {
  CHECK(decoded(R"({"a":null})") == "");
  CHECK(decoded(R"({"a":1})") == "rejected");
  CHECK(number(R"({"n":-5})") == -5);
  CHECK(number(R"({})") == 0);
  CHECK(number(R"({"n":9223372036854775807})") == INT64_MAX);
  for (const char* text : {R"({"n":9223372036854775808})", R"({"n":1.0})", R"({"n":1e3})", R"({"n":"1"})"})
    CHECK(number(text) == -999);
}

TEST_CASE("a member is changed wherever Go would find its field, and nothing else is") {
  CHECK(with_member(R"({"id":"1","retries":3,"x":1e999})", "retries", "0") == R"({"id":"1","retries":0,"x":1e999})");
  CHECK(with_member(R"({ "Retries" : 3 , "retries":null})", "retries", "0") == R"({ "Retries" : 0 , "retries":0})");
  CHECK(with_member("{\"retrie\xC5\xBF\":3}", "retries", "0") == "{\"retrie\xC5\xBF\":0}");
  CHECK(with_member(R"({"x":{"retries":3}})", "retries", "0") == R"({"retries":0,"x":{"retries":3}})");
  CHECK(with_member("{}", "retries", "0") == R"({"retries":0})");
  for (const char* text : {"null", "[1]", "{\"retries\":3}x", ""}) CHECK_FALSE(with_member(text, "retries", "0"));
}
