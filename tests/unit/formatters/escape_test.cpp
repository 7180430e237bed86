// The rule of docs/threats.md section 3 beyond its table: any bytes, limits, profiles, lines.
#include "formatters/escape.hpp"

#include <doctest/doctest.h>

#include <random>
#include <string>

#include "formatters/unicode.hpp"

using namespace queuetrace;

namespace {

/// The bytes a printed text stands for: the reverse of the rule, written independently of it.
std::string read_back(const std::string& shown) {
  std::string bytes;
  for (std::size_t at = 0; at < shown.size(); ++at) {
    if (shown[at] != '\\') {
      bytes += shown[at];
      continue;
    }
    switch (shown.at(++at)) {
      case 'n': bytes += '\n'; break;
      case 'r': bytes += '\r'; break;
      case 't': bytes += '\t'; break;
      case '\\': bytes += '\\'; break;
      case 'x':
        bytes += static_cast<char>(std::stoi(shown.substr(at + 1, 2), nullptr, 16));
        at += 2;
        break;
      case 'u': {
        const std::size_t end = shown.find('}', at);
        unicode::append_utf8(bytes, static_cast<char32_t>(std::stoul(shown.substr(at + 2, end - at - 2), nullptr, 16)));
        at = end;
        break;
      }
      default: FAIL("unknown escape in " << shown);
    }
  }
  return bytes;
}

void check_printable(const std::string& shown, bool joiners_allowed) {
  REQUIRE(unicode::is_utf8(shown));
  for (std::size_t at = 0; at < shown.size();) {
    const unicode::Character character = unicode::decode(shown, at);
    at += character.length;
    const bool joiner = character.point == 0x200c || character.point == 0x200d || character.point == 0xfe0e ||
                        character.point == 0xfe0f;
    const bool shown_as_is = (unicode::properties_of(character.point) & unicode::escaped) == 0;
    if (!shown_as_is && !(joiners_allowed && joiner)) FAIL("U+" << static_cast<unsigned>(character.point));
    REQUIRE((character.point >= 0x20 && !(character.point >= 0x7f && character.point < 0xa0)));
  }
}

std::string random_bytes(std::mt19937& random) {
  // A mix in which controls, escapes, lead bytes, bidi and invisible characters meet often.
  static const std::string_view pieces[] = {"\x1b",
                                            "[2J",
                                            "\\",
                                            "\\x1b",
                                            "\xc2",
                                            "\x9b",
                                            "\xe2\x80\xae",
                                            "\xcc\x81",
                                            "a",
                                            "\xf0\x9f\x91\xa9",
                                            "\xe2\x80\x8d",
                                            "\xef\xb8\x8f",
                                            "\n",
                                            "\r",
                                            "\t",
                                            "u{1}",
                                            "\xed\xa0\x80",
                                            "\xf4\x90\x80\x80",
                                            "\xe2\x9c\x93",
                                            "\xd0\xb0"};
  std::string bytes;
  const std::size_t count = random() % 24;
  for (std::size_t i = 0; i < count; ++i) {
    if (random() % 2 == 0)
      bytes += static_cast<char>(random() % 256);
    else
      bytes += pieces[random() % std::size(pieces)];
  }
  return bytes;
}

}  // namespace

TEST_CASE("any bytes are printable and can be read back") {
  std::mt19937 random(20260101);
  for (int round = 0; round < 40'000; ++round) {
    const std::string bytes = random_bytes(random);
    for (const Profile profile : {Profile::ident, Profile::text}) {
      const std::string shown = terminal_text(bytes, profile);
      check_printable(shown, profile == Profile::text);
      REQUIRE(read_back(shown) == bytes);
      REQUIRE(bytes_of_terminal_text(shown) == bytes);
    }
  }
}

TEST_CASE("every character alone is printable and can be read back") {
  for (char32_t point = 0; point < unicode::code_points; ++point) {
    if (point >= 0xd800 && point < 0xe000) continue;
    std::string bytes = "a";
    unicode::append_utf8(bytes, point);
    const std::string shown = terminal_text(bytes, Profile::ident);
    if (read_back(shown) != bytes || bytes_of_terminal_text(shown) != bytes) FAIL("U+" << static_cast<unsigned>(point));
    check_printable(shown, false);
  }
}

TEST_CASE("what no escape was made of is not read back") {
  for (const char* text : {"\\", "a\\q", "\\x", "\\x1", "\\xg0", "\\u", "\\u{", "\\u{}", "\\u{110000}", "\\u{d800}",
                           "\\u{1234567}", "C:\\jobs\\7"})
    CHECK_FALSE(bytes_of_terminal_text(text));
  CHECK(bytes_of_terminal_text("plain") == "plain");
}

TEST_CASE("text keeps joiners and emoji selectors where they belong") {
  CHECK(terminal_text("👩\u200d💻", Profile::text) == "👩\u200d💻");
  CHECK(terminal_text("❤\ufe0f 1\ufe0f", Profile::text) == "❤\ufe0f 1\ufe0f");
  CHECK(terminal_text("a\u200db", Profile::text) == "a\\u{200d}b");
  CHECK(terminal_text("a\ufe0f", Profile::text) == "a\\u{fe0f}");
  CHECK(terminal_text("क्\u200dष", Profile::text) == "क्\u200dष");
  CHECK(terminal_text("👩\u200d", Profile::text) == "👩\\u{200d}");
  CHECK(terminal_text("👩\u200d\u202e💻", Profile::text) == "👩\\u{200d}\\u{202e}💻");
}

TEST_CASE("a cut falls between characters and says how much is missing") {
  CHECK(terminal_text("abcdef", Profile::ident, {4, false}) == "abcd… (+2 bytes)");
  CHECK(terminal_text("abcd", Profile::ident, {4, false}) == "abcd");
  CHECK(terminal_text("ab日本", Profile::ident, {4, false}) == "ab… (+6 bytes)");
  CHECK(terminal_text("ab日本", Profile::ident, {5, false}) == "ab日… (+3 bytes)");
  CHECK(terminal_text("ab日本", Profile::ident, {6, false}) == "ab日… (+3 bytes)");
  CHECK(terminal_text("\x1b\x1b\x1b", Profile::ident, {2, false}) == "\\x1b\\x1b… (+1 bytes)");
  CHECK(terminal_text("\x80\x80\x80\x80\x80", Profile::ident, {3, false}) == "\\x80\\x80\\x80… (+2 bytes)");
  CHECK(terminal_text("a\xe6\x97x", Profile::ident, {3, false}) == "a\\xe6\\x97… (+1 bytes)");
}

TEST_CASE("lines of data never start in the first column") {
  CHECK(terminal_text("one\ntwo\r\nthree", Profile::text, {0, true}) == "one\n│ two\\r\n│ three");
  CHECK(terminal_text("one\n\u0301two", Profile::text, {0, true}) == "one\n│ \\u{301}two");
}

TEST_CASE("combining marks need a base and come four at most") {
  CHECK(terminal_text("\u0301a", Profile::ident) == "\\u{301}a");
  CHECK(terminal_text("e\u0301", Profile::ident) == "e\u0301");
}

TEST_CASE("untrusted text goes through the same function") {
  CHECK(terminal_text(Untrusted("a\x1b"), Profile::ident) == "a\\x1b");
}

TEST_CASE("widths: wide characters take two cells, combining ones none") {
  CHECK(unicode::version() >= "15.0.0");
  CHECK(unicode::display_width("abc") == 3);
  CHECK(unicode::display_width("日本語") == 6);
  CHECK(unicode::display_width("e\u0301é") == 2);
  CHECK(unicode::display_width("👩") == 2);
  CHECK(unicode::display_width("│…✓") == 3);
  CHECK(unicode::head_of_width("日本語", 5) == "日本");
  CHECK(unicode::head_of_width("ae\u0301b", 2) == "ae\u0301");
  CHECK(unicode::head_of_width("abc", 0) == "");
}

TEST_CASE("text where only ASCII can be shown") {
  CHECK(ascii_text("plain \\x1b") == "plain \\x1b");
  CHECK(ascii_text("caf\u00e9 \u2026 \u65e5") == "caf\\u{e9} \\u{2026} \\u{65e5}");
  CHECK(ascii_text(terminal_text("one\ntwo", Profile::text, shown_field)) == "one\n| two");
  CHECK(ascii_text(terminal_text(std::string(300, 'x'), Profile::text, table_cell)) ==
        std::string(256, 'x') + "... (+44 bytes)");
}
