// The parts of a JSON text as they are written.
#include "model/json_slices.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace queuetrace;

namespace {

/// `name=value` for each member, parted by blanks; `none` when the text is no object.
std::string members(std::string_view text) {
  const auto read = json_members(text);
  if (!read) return "none";
  std::string out;
  for (const auto& [name, value] : *read)
    out += (out.empty() ? "" : " ") + std::string(name) + "=" + std::string(value);
  return out;
}

std::string elements(std::string_view text) {
  const auto read = json_elements(text);
  if (!read) return "none";
  std::string out;
  for (const std::string_view value : *read) out += (out.empty() ? "" : " ") + std::string(value);
  return out;
}

}  // namespace

TEST_CASE("values are what stands there, digit by digit") {
  CHECK(members(R"({"a":12345678901234567890123,"b":1.10, "c" : -0})") ==
        R"("a"=12345678901234567890123 "b"=1.10 "c"=-0)");
  CHECK(members(R"({"log":{"tail":"a\u0000b"},"x":null})") == R"("log"={"tail":"a\u0000b"} "x"=null)");
  CHECK(members(R"( {"a":"}\"{","b":[1,{"c":"]"}],"a":true} )") == R"("a"="}\"{" "b"=[1,{"c":"]"}] "a"=true)");
  CHECK(elements(R"([1.50,"a,b",[],{"x":[2]}, null ])") == R"(1.50 "a,b" [] {"x":[2]} null)");
  CHECK(members("{}").empty());
  CHECK(elements(" [ ]").empty());
}

TEST_CASE("what is none, or ends early, is none") {
  for (const char* text : {"", "1", "null", "[1]", "{", "{\"a\"", "{\"a\":", "{\"a\":1", "{\"a\":1,}", "{a:1}",
                           "{\"a\":\"b}", "{\"a\":[1}", "\"{}\""}) {
    CAPTURE(text);
    CHECK(members(text) == "none");
  }
  for (const char* text : {"", "{}", "[", "[1", "[1,", "[1,]", "[\"a]", "[[1]"}) {
    CAPTURE(text);
    CHECK(elements(text) == "none");
  }
}
