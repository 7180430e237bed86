// SQLite's binary JSON, byte by byte as its format is published: what it means, and what is none.
#include "backends/drivers/sqlite/jsonb.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;
using namespace std::string_literals;

namespace {

/// An element of a type whose content is short.
std::string element(int type, const std::string& content) {
  REQUIRE(content.size() < 12);
  return std::string(1, static_cast<char>(content.size() << 4 | static_cast<std::size_t>(type))) + content;
}

std::optional<std::string> read(const std::string& bytes, std::size_t limit = 16 << 20) {
  return json_of_jsonb(bytes, limit);
}

}  // namespace

TEST_CASE("each type of a JSONB element is JSON text") {
  CHECK(read("\x00"s) == "null");
  CHECK(read("\x01"s) == "true");
  CHECK(read("\x02"s) == "false");
  CHECK(read(element(3, "-12")) == "-12");
  CHECK(read(element(4, "0x1F")) == "31");
  CHECK(read(element(4, "-0xa")) == "-10");
  CHECK(read(element(5, "-1.5e+7")) == "-1.5e+7");
  CHECK(read(element(6, ".5")) == "0.5");
  CHECK(read(element(6, "5.")) == "5.0");
  CHECK(read(element(6, "5.e3")) == "5.0e3");
  CHECK(read(element(6, "-Infinity")) == "-9.0e999");
  CHECK(read(element(7, "caf\xc3\xa9")) == "\"caf\xc3\xa9\"");
  CHECK(read(element(8, R"(a\n\u00e9\/)")) == R"("a\n\u00e9\/")");
  CHECK(read(element(9, R"(\'\x41\v\0)")) == R"("'\u0041\u000b\u0000")");
  CHECK(read(element(9, "a\\\r\nb")) == "\"ab\"");
  CHECK(read(element(10, "a\"\\\n")) == R"("a\"\\\u000a")");
  CHECK(read("\x0b"s) == "[]");
  CHECK(read("\x0c"s) == "{}");
  CHECK(read(element(12, element(7, "a") + element(3, "1"))) == R"({"a":1})");
  CHECK(read(element(11, element(7, "a") + "\x00"s + element(12, element(10, "k") + "\x0b"s))) ==
        R"(["a",null,{"k":[]}])");
}

TEST_CASE("a size of a JSONB element may be written in 1, 2, 4 or 8 bytes") {
  CHECK(read("\xc7\x02ok"s) == "\"ok\"");
  CHECK(read("\xd7\x00\x02ok"s) == "\"ok\"");
  CHECK(read("\xe7\x00\x00\x00\x02ok"s) == "\"ok\"");
  CHECK(read("\xf7\x00\x00\x00\x00\x00\x00\x00\x02ok"s) == "\"ok\"");
  const std::string longer(300, 'x');
  CHECK(read("\xd7\x01\x2c"s + longer) == '"' + longer + '"');
}

TEST_CASE("bytes that are not wholly one JSONB value are none") {
  for (const std::string& bytes : {""s,
                                   "\x27"
                                   "a"s,
                                   "\x17"
                                   "ab"s,
                                   "\xd7\x01"s,
                                   "\xf7\xff\xff\xff\xff\xff\xff\xff\xff"s,
                                   "\x0d"s,
                                   "\x0f"s,
                                   "\x13x"s,
                                   "\x03"s,
                                   "\x25"
                                   "1."s,
                                   "\x11x"s,
                                   element(8, "a\\"),
                                   element(8, R"(\x41)"),
                                   element(9, R"(\q)"),
                                   element(8, R"(\u12g4)"),
                                   element(12, element(7, "a")),
                                   element(12, element(3, "1") + element(3, "2")),
                                   element(11,
                                           "\x27"
                                           "a"s),
                                   R"({"ab":1})"s,
                                   R"(["a"])"s}) {
    CAPTURE(bytes);
    CHECK_FALSE(read(bytes));
  }
}

TEST_CASE("JSONB is not followed deeper than 200 levels, nor written longer than its limit") {
  const auto nested = [](int levels) {
    std::string bytes = "\x0b";
    for (int i = 1; i < levels; ++i) {
      const std::size_t size = bytes.size();
      bytes = std::string{'\xdb', static_cast<char>(size >> 8), static_cast<char>(size & 255)} + bytes;
    }
    return bytes;
  };
  CHECK(read(nested(200)));
  CHECK_FALSE(read(nested(201)));
  CHECK(read(element(7, "1234567890"), 12) == "\"1234567890\"");
  CHECK_FALSE(read(element(7, "1234567890"), 11));
}
