// One text for all spellings of a JSON value.
#include "model/canonical_json.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace queuetrace;

namespace {

std::string canonical(std::string_view text) { return canonical_json(text).value_or("none"); }

}  // namespace

TEST_CASE("spellings of one value become one text") {
  CHECK(canonical(R"( { "b" : 1.0 , "a":[ true,null , "\u0041\n" ] } )") == R"({"a":[true,null,"A\u000a"],"b":1})");
  CHECK(canonical(R"({"a":1,"a":2})") == R"({"a":2})");
  CHECK(canonical("{}") == "{}");
  CHECK(canonical(" [ ] ") == "[]");
  CHECK(canonical(R"("\ud83d\ude00 \/ \"")") == "\"\xf0\x9f\x98\x80 / \\\"\"");
  CHECK(canonical(R"("\u00e9\u20ac")") == "\"\u00e9\u20ac\"");
}

TEST_CASE("numbers keep every digit and lose what says nothing") {
  CHECK(canonical("100") == "1e2");
  CHECK(canonical("1E+2") == "1e2");
  CHECK(canonical("-0.0") == "0");
  CHECK(canonical("-12.50e3") == "-125e2");
  CHECK(canonical("0.001") == "1e-3");
  CHECK(canonical("9007199254740993") == "9007199254740993");
  CHECK(canonical("1.10") == canonical("11e-1"));
}

TEST_CASE("what is no JSON has no such text") {
  for (const char* text : {"",
                           " ",
                           "{",
                           "{}x",
                           "1 2",
                           "[1 2]",
                           "01",
                           "1.",
                           ".5",
                           "+1",
                           "1e",
                           "--1",
                           "tru",
                           "'a'",
                           "\"a",
                           R"("\x")",
                           R"("\ud800")",
                           R"("\udc00")",
                           R"("\ud800\u0041")",
                           "{\"a\" 1}",
                           "{1:2}",
                           "\"a\nb\"",
                           "1e9999",
                           "NaN"}) {
    CAPTURE(text);
    CHECK_FALSE(canonical_json(text));
  }
  CHECK_FALSE(canonical_json(std::string(300, '[') + std::string(300, ']')));
  CHECK_FALSE(canonical_json(std::string(100'000, '[')));
}
