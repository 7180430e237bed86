#include "backends/engines/redis/bounded_json.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

using namespace queuetrace;

TEST_CASE("a large text is JSON when the same text without its blanks is") {
  const std::string blanks(70'000, ' ');  // white space around a value changes nothing, but for the way it is looked at
  std::mt19937 random(20261130);
  const std::string pieces[] = {
      "{",          "}",    "[",    "]",     ":",       ",",     "\"",       "\"",      "\"",
      "\\",         "\\\\", "\\\"", "\\n",   "\\u0041", "\\u00", "\\ud83d",  "\\ude00", "x",
      "plain text", "1",    "-1e5", "1e400", "true",    "null",  "\xc3\xa9", "\xc3",    "\xe2\x82\xac",
      "\xa9",       "\x7f", "\x01", "\n",    " ",       "/",     "\\/"};
  const std::string documents[] = {R"({"a":"b\"c\\","d":[1,"\u00e9\ud83d\ude00",true,null,{"e":"f"}],"g":1.5e3})",
                                   R"(["\\","\"","","\/ plain","\\\""])", R"("text")"};
  std::size_t valid = 0;
  for (int round = 0; round < 4'000; ++round) {
    std::string text = documents[random() % std::size(documents)];
    for (auto changes = random() % 4; changes > 0; --changes) {
      const std::string& piece = pieces[random() % std::size(pieces)];
      text.replace(random() % (text.size() + 1), random() % 3, piece);
    }
    CAPTURE(text);
    const bool is = is_json(text);
    valid += is;
    if (round % 20 == 0 || is) CHECK(is_json(blanks + text) == is);
  }
  CHECK(valid > 400);
  CHECK(valid < 3'600);
}

TEST_CASE("large strings of every kind are JSON, and not with one wrong byte") {
  for (const std::string piece : {"plain ", "\\\"0123456789", "\\u00e9", "\\ud83d\\ude00", "\xe2\x82\xac", "\\\\"}) {
    std::string text = "[\"";
    while (text.size() < 200'000) text += piece;
    CAPTURE(piece);
    CHECK(is_json(text + "\"]"));
    CHECK_FALSE(is_json(text + "\""));
    CHECK_FALSE(is_json(text + "\\\"]"));
    CHECK_FALSE(is_json(text + "\\x\"]"));
    CHECK_FALSE(is_json(text + "\x01\"]"));
    CHECK_FALSE(is_json(text + "\xe2\"]"));
    CHECK_FALSE(is_json(text + "\\ud83dx\\ude00\"]"));
  }
}
