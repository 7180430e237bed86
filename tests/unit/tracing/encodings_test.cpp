// Percent encoding, base64 and 128-bit numbers.
#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "tracing/base64.hpp"
#include "tracing/characters.hpp"
#include "tracing/percent.hpp"
#include "tracing/trace_number.hpp"

namespace {

using namespace queuetrace;

TEST_CASE("percent encoding leaves only the unreserved set") {
  CHECK(percent_encode(std::string_view("AZaz09-._~ /?#[]@!$&'()*+,;=%\xff")) ==
        "AZaz09-._~%20%2F%3F%23%5B%5D%40%21%24%26%27%28%29%2A%2B%2C%3B%3D%25%FF");
  CHECK(percent_encode(Untrusted("\xc3\xa9")) == "%C3%A9");
  CHECK(percent_decode("%41%zz%4") == "A%zz%4");
  CHECK(percent_decode("a%2Fb+c%C3%A9") == "a/b+c\xc3\xa9");
  std::string all;
  for (int i = 0; i < 256; ++i) all += static_cast<char>(i);
  CHECK(percent_decode(percent_encode(std::string_view(all))) == all);
}

TEST_CASE("base64 reads what it writes and nothing sloppy") {
  for (const char* text : {"", "f", "fo", "foo", "foob", "fooba", "foobar"})
    CHECK(base64_decode(base64_encode(text)) == text);
  CHECK(base64_encode("fooba") == "Zm9vYmE=");
  CHECK(base64_decode("Zm9vYmE") == "fooba");
  CHECK(base64_decode("-_-_") == base64_decode("+/+/"));
  for (const char* text : {"A", "AA=", "Zm9vYmF=", "Zh==", "Zm9*", "Z===", "====", "Zg==Zg=="})
    CHECK_MESSAGE(!base64_decode(text), text);
}

TEST_CASE("conversions of a canonical id") {
  const TraceNumber number = *number_from_hex("0af7651916cd43dd8448eb211c80319c");
  CHECK(hex32(number) == "0af7651916cd43dd8448eb211c80319c");
  CHECK(hex_stripped(number) == "af7651916cd43dd8448eb211c80319c");
  CHECK(hex_stripped({}) == "0");
  CHECK(uuid_text(number) == "0af76519-16cd-43dd-8448-eb211c80319c");
  CHECK(xray_text(number) == "1-0af76519-16cd43dd8448eb211c80319c");
  CHECK(decimal({0, number.low}) == "9532127138774266268");
  CHECK(decimal({~0ULL, ~0ULL}) == "340282366920938463463374607431768211455");
  CHECK(decimal({}) == "0");
  CHECK(number_from_decimal("340282366920938463463374607431768211455") == TraceNumber{~0ULL, ~0ULL});
  CHECK_FALSE(number_from_decimal("340282366920938463463374607431768211456"));
  CHECK(base64_of_16(number) == "CvdlGRbNQ92ESOshHIAxnA==");
  CHECK(base64_of_8(0xa2fb4a1d1a96d312) == "ovtKHRqW0xI=");
}

TEST_CASE("a span id is looked for in hex and in decimal") {
  using Spellings = std::vector<std::string>;
  CHECK(span_spellings("b7ad6b7169203331") == Spellings{"b7ad6b7169203331", "13235353014750950193"});
  CHECK(span_spellings("13235353014750950193") == Spellings{"13235353014750950193", "b7ad6b7169203331"});
  for (const char* text : {"", "abc", "0000000000000000", "b7ad6b716920333g", "18446744073709551616"})
    CHECK(span_spellings(text) == Spellings{text});
}

TEST_CASE("UTF-8 and control characters") {
  for (const char* text : {"", "a", "\xc3\xa9", "\xe2\x82\xac", "\xf0\x9f\x98\x80"}) CHECK(is_valid_utf8(text));
  for (const char* text : {"\x80", "\xc0\xaf", "\xc3", "\xe0\x80\x80", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8"})
    CHECK_FALSE(is_valid_utf8(text));
  for (const char* text : {"\n", "\x7f", "a\xc2\x85"}) CHECK(has_control_character(text));
  CHECK_FALSE(has_control_character("a\xc3\xa9 \xc2\xa0"));
}

}  // namespace
