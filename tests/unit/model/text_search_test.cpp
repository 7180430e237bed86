#include "model/text_search.hpp"

#include <doctest/doctest.h>

#include <random>

using namespace queuetrace;

TEST_CASE("texts are found wherever they stand, and nothing else is") {
  const TextSearch search({{"needle", false}, {"abcdef0123", true}});
  CHECK(search.shortest() == 6);
  CHECK(search.found_in("needle"));
  CHECK(search.found_in("a needle in the hay"));
  CHECK(search.found_in("hay needle"));
  CHECK(search.found_in("xxABCDEF0123"));
  CHECK_FALSE(search.found_in("NEEDLE"));
  CHECK_FALSE(search.found_in("needl"));
  CHECK_FALSE(search.found_in("abcdef012"));
  CHECK_FALSE(search.found_in(""));
}

TEST_CASE("texts of one byte are found as well") {
  const TextSearch search({{"x", true}});
  CHECK(search.found_in("aXb"));
  CHECK_FALSE(search.found_in("ab"));
}

TEST_CASE("the search agrees with a plain one on random bytes") {
  std::mt19937 random(7);
  const auto text = [&](std::size_t size) {
    std::string made;
    for (std::size_t i = 0; i < size; ++i) made += "abAB"[random() % 4];
    return made;
  };
  for (int round = 0; round < 20'000; ++round) {
    std::vector<TextSearch::Text> texts;
    bool expected = false;
    const std::string bytes = text(random() % 40);
    std::string folded = bytes;
    for (char& c : folded) c = c == 'A' ? 'a' : c == 'B' ? 'b' : c;
    for (std::size_t i = 0, count = 1 + random() % 3; i < count; ++i) {
      const bool any_case = random() % 2 == 0;
      std::string wanted = text(1 + random() % 6);
      if (any_case)
        for (char& c : wanted) c = c == 'A' ? 'a' : c == 'B' ? 'b' : c;
      expected = expected || (any_case ? folded : bytes).find(wanted) != std::string::npos;
      texts.push_back({wanted, any_case});
    }
    CHECK(TextSearch(texts).found_in(bytes) == expected);
  }
}
