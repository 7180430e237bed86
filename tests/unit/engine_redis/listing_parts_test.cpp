// The parts of a listing that need no server: cursors, raw text search, quoting of patterns.
#include <doctest/doctest.h>

#include "backends/engines/redis/cursor.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/needles.hpp"
#include "model/error.hpp"

using namespace queuetrace;

TEST_CASE("cursors come back as they were, and only for their filter") {
  ListingCursor cursor;
  cursor.filter = 18446744073709551615ull;
  cursor.scanned = 7;
  cursor.stopped = true;
  cursor.scan_again = true;
  cursor.after = JobMark{Timestamp(std::chrono::microseconds(-5)), std::string("i\0\x80", 3), "key"};
  ListProgress list;
  list.key = std::string("k\0\xff", 3);
  list.place = 2;
  list.length = 10;
  list.read = 4;
  list.held = {{0, 0}, {2, 3}};
  list.anchors = {1, 18446744073709551615ull};
  list.scan = "18446744073709551615";
  list.node = 3;
  cursor.lists.push_back(list);
  const std::string text = to_text(cursor);
  CHECK(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.") ==
        std::string::npos);
  const ListingCursor back = parse_cursor(text, cursor.filter);
  REQUIRE(back.lists.size() == 1);
  CHECK(back.lists[0].key == cursor.lists[0].key);
  CHECK(back.lists[0].held == cursor.lists[0].held);
  CHECK(back.lists[0].anchors == cursor.lists[0].anchors);
  CHECK(back.stopped);
  CHECK(back.lists[0].scan == list.scan);
  CHECK(back.lists[0].node == 3);
  CHECK(back.scan_again);
  CHECK(back.after == cursor.after);
  CHECK_THROWS_AS(parse_cursor(text, 1), Error);
  CHECK_THROWS_AS(parse_cursor("kv2.AAAA", cursor.filter), Error);
  CHECK_THROWS_AS(parse_cursor("x", cursor.filter), Error);
}

TEST_CASE("text search finds every text at every place and nothing else") {
  const TextSearch search({{"abcd", false}, {"xyz", false}, {"bbbb", false}});
  for (const char* text : {"abcd", "..abcd", "abcd..", "xyz", "aaxyz", "abbbb", "abcabcd"})
    CHECK(search.found_in(text));
  for (const char* text : {"", "ab", "abc", "xy", "abcxy", "abxycd", "bbb"}) CHECK_FALSE(search.found_in(text));
  std::uint32_t state = 1;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (int j = 0; j < 24; ++j)
      text.push_back(
          "abcdxyz"[(state = state * 1664525 + 1013904223) >> 16 & 3 ? (state >> 20) % 4 : (state >> 20) % 7]);
    const bool there = text.find("abcd") != std::string::npos || text.find("xyz") != std::string::npos ||
                       text.find("bbbb") != std::string::npos;
    REQUIRE(search.found_in(text) == there);
  }
}

TEST_CASE("needles err towards looking closer") {
  JobFilter filter;
  filter.ids = {"job-1"};
  const Needles needles(filter);
  CHECK(needles.may_match(R"({"id":"job-17"})"));
  CHECK_FALSE(needles.may_match(R"({"id":"job-2"})"));
  CHECK(needles.may_match(R"({"id":"\u006aob-1"})"));
  filter.ids = {"quote\"d"};
  CHECK(Needles(filter).may_match("anything"));
}

TEST_CASE("names in SCAN patterns match themselves only") {
  CHECK(quote_glob("a*b?[c]^-\\") == "a\\*b\\?\\[c\\]\\^\\-\\\\");
}
