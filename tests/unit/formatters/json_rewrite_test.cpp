// JSON on its way out: what is kept, what is escaped, what is refused (docs/threats.md section 4 and rows P01 to
// P04).
#include "formatters/json_rewrite.hpp"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <random>
#include <string>

#include "formatters/json_text.hpp"

using namespace queuetrace;
using Status = JsonRewrite::Status;

namespace {

std::string rewritten(std::string_view text, JsonLayout layout = JsonLayout::safe) {
  std::string out;
  CHECK(rewrite_json(text, Redaction(), out, layout).status == Status::json);
  return out;
}

Status status_of(std::string_view text) {
  std::string out = "before";
  const Status status = rewrite_json(text, Redaction(), out).status;
  if (status == Status::invalid || status == Status::too_deep) CHECK(out == "before");
  return status;
}

std::string document(std::string_view text) {
  std::string out;
  append_json_document(out, text, Redaction());
  return out;
}

std::string string_of(std::string_view bytes) {
  std::string out;
  append_json_string(out, bytes);
  return out;
}

}  // namespace

TEST_CASE("numbers, order and repeated keys stay as they are stored") {
  const std::string text =
      R"({"b":1e999,"a":-0,"a":123456789012345678901234567890,"c":[1.0,2E-3,true,false,null,{},[]]})";
  CHECK(rewritten(text) == text);
}

TEST_CASE("blanks between tokens go, so that a record is one line") {
  CHECK(rewritten(" { \"a b\" :\n[ 1 ,\t2 ]\r\n} ") == R"({"a b":[1,2]})");
  CHECK(rewritten("{\"a\":[1,{}],\"b\":{\"c\":2}}", JsonLayout::pretty) ==
        "{\n  \"a\": [\n    1,\n    {}\n  ],\n  \"b\": {\n    \"c\": 2\n  }\n}");
  CHECK(rewritten(" [ 1 ] ", JsonLayout::stored) == " [ 1 ] ");
}

TEST_CASE("characters that could do harm leave as escapes, the value unchanged") {
  CHECK(rewritten("\"\u009b\u202e\u2028\x7f\u00a0\U000E0041é日\"") ==
        R"("\u009b\u202e\u2028\u007f\u00a0\udb40\udc41é日")");
  CHECK(rewritten(R"("\ud800 \/ \u00e9 \u001b")") == R"("\ud800 \/ \u00e9 \u001b")");
  CHECK(rewritten("{\"\u202e\":1}") == R"({"\u202e":1})");
}

TEST_CASE("what is no JSON is refused whole") {
  for (const std::string_view text :
       {"",        " ",           "{",          "[1,]",  "{\"a\":1,}", "{a:1}",    "01",    "1.",
        ".5",      "+1",          "1e",         "-",     "tru",        "nul",      "truex", "\"a",
        "\"\\x\"", "\"\\u12g4\"", "\"\t\"",     "[1 2]", "{\"a\" 1}",  "{\"a\":}", "1 2",   "'a'",
        "NaN",     "Infinity",    "{\"a\":1}}", "[",     "]",          "\"\\"}) {
    CAPTURE(text);
    CHECK(status_of(text) == Status::invalid);
    CHECK_FALSE(nlohmann::json::accept(text));
  }
  CHECK(status_of(std::string_view("\0", 1)) == Status::invalid);
}

TEST_CASE("nesting ends at 256") {
  const auto nested = [](std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); };
  CHECK(status_of(nested(256)) == Status::json);
  CHECK(status_of(nested(257)) == Status::too_deep);
  CHECK(status_of(std::string(100'000, '[')) == Status::too_deep);
  CHECK(document(std::string(300, '[')) == '"' + std::string(300, '[') + '"');
}

TEST_CASE("a document is always one JSON value") {
  CHECK(document("hello \"x\"\n") == R"("hello \"x\"\n")");
  CHECK(document("{\"a\": 1") == R"("{\"a\": 1")");
  CHECK(document("\xff") == R"({"base64":"/w=="})");
  CHECK(document("{\"password\":\"p\",\"n\":\"\xff\"}") == R"({"base64":"eyJwYXNzd29yZCI6IioqKiIsIm4iOiL/In0="})");
  CHECK(document("{\"password\":\"p\",\"n\":1") == R"("{\"password\":\"***\",\"n\":1")");
}

TEST_CASE("strings: escapes, and base64 for what is not UTF-8") {
  CHECK(string_of("a\"\\\b\f\n\r\t\x01\x7f") == R"("a\"\\\b\f\n\r\t\u0001\u007f")");
  CHECK(string_of("\u009b\u202e") == R"("\u009b\u202e")");
  CHECK(string_of("\xed\xa0\x80") == R"({"base64":"7aCA"})");
  CHECK(string_of(std::string_view("a\0b", 3)) == R"("a\u0000b")");
  std::string key;
  append_json_key(key, "k\xff\"");
  CHECK(key == R"("k\\xff\"")");
}

TEST_CASE("base64") {
  for (const auto& [bytes, text] :
       {std::pair{"", ""}, {"f", "Zg=="}, {"fo", "Zm8="}, {"foo", "Zm9v"}, {"foob", "Zm9vYg=="}}) {
    std::string out;
    append_base64(out, bytes);
    CHECK(out == text);
  }
}

TEST_CASE("accepts what a JSON parser accepts, and means the same") {
  static const std::string_view pieces[] = {
      "{",           "}", "[",       "]",    ",",    ":",          "\"a\"",
      "\"\\n\"",     "1", "-2.5e3 ", "true", "null", " ",          "\"\\ud83d\\ude00\"",
      "\"é\u202e\"", "x", "\"",      "\\",   "0",    "\"\\u00e9\""};
  std::mt19937 random(7);
  int accepted = 0;
  const Redaction nothing({}, false);
  for (int round = 0; round < 200'000; ++round) {
    std::string text;
    const std::size_t count = 1 + random() % 7;
    for (std::size_t i = 0; i < count; ++i) text += pieces[random() % std::size(pieces)];
    std::string out;
    const bool valid = rewrite_json(text, nothing, out).status == Status::json;
    if (valid != nlohmann::json::accept(text)) FAIL(text);
    if (!valid) continue;
    ++accepted;
    if (nlohmann::json::parse(out) != nlohmann::json::parse(text)) FAIL(text);
    if (out.find_first_of("\n\r") != std::string::npos) FAIL(text);
  }
  CHECK(accepted > 1000);
}
