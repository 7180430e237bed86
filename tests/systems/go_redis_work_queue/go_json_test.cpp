// JSON as Go's encoding/json takes it: checked against what json.Valid and json.Unmarshal do with the same bytes.
#include "backends/systems/go_redis_work_queue/go_json.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;
using namespace queuetrace::go_redis_work_queue;

namespace {

/// The value of `a` as Go would decode it into a string; "refused" where Unmarshal fails.
std::string decoded(std::string_view document) {
  const GoJson parsed = parse_as_go(document);
  if (parsed.document.is_discarded()) return "refused";
  GoFields fields{parsed.document};
  const std::string text = fields.text("a");
  return fields.rejected ? "rejected" : text;
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

TEST_CASE("fields are found in any case, and of one type only") {
  CHECK(decoded(R"({"A":"x"})") == "x");
  CHECK(decoded(R"({"A":"x","a":"y"})") == "y");
  CHECK(decoded(R"({"a":null})") == "");
  CHECK(decoded(R"({"a":1})") == "rejected");
  const auto number = [](std::string_view text) {
    const GoJson parsed = parse_as_go(text);
    GoFields fields{parsed.document};
    const std::int64_t value = fields.number("n");
    return fields.rejected ? -999 : value;
  };
  CHECK(number(R"({"n":-5})") == -5);
  CHECK(number(R"({})") == 0);
  CHECK(number(R"({"n":9223372036854775807})") == INT64_MAX);
  for (const char* text : {R"({"n":9223372036854775808})", R"({"n":1.0})", R"({"n":1e3})", R"({"n":"1"})"})
    CHECK(number(text) == -999);
}
