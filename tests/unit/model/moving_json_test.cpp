// JSON with texts as large as jobs is read as the library reads it.
#include "model/moving_json.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;
using Json = nlohmann::ordered_json;

namespace {

std::string large(const std::string& part) {
  std::string text;
  while (text.size() < 100'000) text += part;
  return text;
}

}  // namespace

TEST_CASE("documents with large texts are what the library makes of them") {
  for (const std::string part : {"x", "\\\"", "\\\\", "\\/\\b\\f\\n\\r\\t", "\\u0041", "\\u00e9", "\\u20ac",
                                 "\\ud83d\\ude00", "\u20ac", "large text 0:1"})
    for (const std::string& text :
         {"\"" + large(part) + "\"", R"({"a":[1,-2,0.5,true,null,{}],"b":")" + large(part) + R"(","c":"short"})",
          R"([[")" + large(part) + R"("],")" + large("y") + R"(",{"x":{"y":")" + large(part) + R"("}}])",
          R"({"a":")" + large(part) + R"(","a":"large text 0:0"})"}) {
      CAPTURE(text.substr(0, 80));
      const std::optional<Json> read = parse_moving<Json>(text);
      REQUIRE(read);
      CHECK((*read == Json::parse(text)));
    }
}

TEST_CASE("what is no JSON is refused, however large") {
  for (const std::string& text :
       {std::string(), std::string("{"), std::string("\"") + large("x"), "\"" + large("x") + "\n\"",
        "\"" + large("x") + "\\q\"", "\"" + large("x") + "\\ud83d\"", "\"" + large("x") + "\\ude00\"",
        "\"" + large("x") + "\\u00g0\"", "\"" + large("x") + "\" 1", "{\"" + large("x") + "\":1}",
        std::string(100'000, '[')}) {
    CAPTURE(text.substr(0, 20));
    CHECK_FALSE(parse_moving<Json>(text));
  }
  CHECK(parse_moving<Json>(std::string(100'000, '[') + std::string(100'000, ']')));
}
