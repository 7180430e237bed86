// Globs of filters.
#include "model/job_filter.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <string>

using queuetrace::matches_glob;

TEST_CASE("stars, question marks and quoting") {
  CHECK(matches_glob("", ""));
  CHECK_FALSE(matches_glob("", "a"));
  CHECK(matches_glob("*", ""));
  CHECK(matches_glob("email", "email"));
  CHECK_FALSE(matches_glob("email", "Email"));
  CHECK_FALSE(matches_glob("email", "emails"));
  CHECK(matches_glob("e*l", "el"));
  CHECK(matches_glob("e*l", "email el"));
  CHECK(matches_glob("*a*b*c*", "xxaxxbxxc"));
  CHECK_FALSE(matches_glob("*a*b*c", "xxaxxbxxcx"));
  CHECK(matches_glob("?", "x"));
  CHECK_FALSE(matches_glob("?", ""));
  CHECK(matches_glob("a?c", "abc"));
  CHECK(matches_glob("a**c", "abc"));
  CHECK(matches_glob("*ab", "aab"));
}

TEST_CASE("a quoted character is itself") {
  CHECK(matches_glob("\\*", "*"));
  CHECK_FALSE(matches_glob("\\*", "a"));
  CHECK(matches_glob("a\\?", "a?"));
  CHECK_FALSE(matches_glob("a\\?", "ab"));
  CHECK(matches_glob("\\\\", "\\"));
  CHECK(matches_glob("a\\", "a\\"));
  CHECK(matches_glob("*\\*", "ab*"));
  CHECK_FALSE(matches_glob("*\\*", "ab"));
}

TEST_CASE("brackets are ordinary, bytes are compared") {
  CHECK(matches_glob("[a]", "[a]"));
  CHECK_FALSE(matches_glob("[a]", "a"));
  CHECK_FALSE(matches_glob("?", "é"));
  CHECK(matches_glob("??", "é"));
  CHECK(matches_glob(std::string("a\0*", 3), std::string("a\0b", 3)));
}

TEST_CASE("many stars do not blow up") {
  std::string pattern;
  for (int i = 0; i < 50; ++i) pattern += "*a";
  pattern += "b";
  const auto start = std::chrono::steady_clock::now();
  CHECK_FALSE(matches_glob(pattern, std::string(20'000, 'a')));
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}
