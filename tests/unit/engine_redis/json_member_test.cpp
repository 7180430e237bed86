// Parts of JSON read and changed as text.
#include "backends/engines/redis/json_member.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;

TEST_CASE("a member is found as it is written, the last of several") {
  CHECK(member_of(R"({"a": [1, {"b":2}] ,"c":"x"})", "a") == R"([1, {"b":2}])");
  CHECK(member_of(R"({"a":1,"a":2})", "a") == "2");
  CHECK(member_of(R"({"\u0061":1})", "a") == "1");
  CHECK(member_of(R"({"b":{"a":1}})", "a") == std::nullopt);
  CHECK(member_of("{}", "a") == std::nullopt);
  CHECK(member_of("{\"a\":1} \n", "a") == "1");
  for (const char* text :
       {"", "[1]", "{\"a\":1", "{\"a\":1]", "{\"a\"}", "{\"a\":}", "null", "{\"a\":1}}", "{\"a\":1} x"}) {
    CHECK_MESSAGE(member_of(text, "a") == std::nullopt, text);
    CHECK_MESSAGE(with_member(text, "a", "2") == std::nullopt, text);
  }
}

TEST_CASE("the first element of an array is found as it is written") {
  CHECK(first_element(R"([ {"a":[1,2]} , 3])") == R"({"a":[1,2]})");
  CHECK(first_element("[\"]\"]") == "\"]\"");
  for (const char* text : {"", "[]", "{\"a\":1}", "["}) CHECK_MESSAGE(first_element(text) == std::nullopt, text);
}

TEST_CASE("a changed member leaves every other byte as it was") {
  CHECK(with_member("{ \"a\" : 1 ,\"b\":\"\\u00e9\" }", "a", "2") == "{ \"a\" : 2 ,\"b\":\"\\u00e9\" }");
  CHECK(with_member(R"({"a":1,"a":2})", "a", "3") == R"({"a":3,"a":3})");
  CHECK(with_member(R"({"A":1})", "a", "2") == R"({"a":2,"A":1})");
  CHECK(with_member("{}", "a", "2") == R"({"a":2})");
  CHECK(with_member("[1]", "a", "2") == std::nullopt);
}
