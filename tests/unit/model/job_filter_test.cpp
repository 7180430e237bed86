// Globs of filters.
#include "model/job_filter.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/growth.hpp"

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
  const double growth = queuetrace::test::growth_by_eight(1'000, [](std::size_t size) {
    std::string pattern;
    for (int i = 0; i < 50; ++i) pattern += "*a";
    pattern += "b";
    CHECK_FALSE(matches_glob(pattern, std::string(size, 'a')));
  });
  CHECK(growth < queuetrace::test::more_than_linear);
}
