// Globs of filters.
#include "model/job_filter.hpp"

#include <doctest/doctest.h>

#include <string>

#include "tests/support/growth.hpp"

using queuetrace::matches_glob;
using queuetrace::quoted_glob;

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
  CHECK(matches_glob("[*]", "*"));
  CHECK_FALSE(matches_glob("[*]", "a"));
  CHECK(matches_glob("a[?]", "a?"));
  CHECK_FALSE(matches_glob("a[?]", "ab"));
  CHECK(matches_glob("*[*]", "ab*"));
  CHECK_FALSE(matches_glob("*[*]", "ab"));
  for (const char* text : {"a*b?", "[*]", "[?", "*", "[[*]]", R"(App\Mail)"}) {
    CHECK(matches_glob(quoted_glob(text), text));
    CHECK_FALSE(matches_glob(quoted_glob(text), text + std::string("x")));
  }
  CHECK_FALSE(matches_glob(quoted_glob("a*b"), "axb"));
}

TEST_CASE("a backslash is a character like others: classes and hosts have names with it") {
  CHECK(matches_glob(R"(App\Mail)", R"(App\Mail)"));
  CHECK(matches_glob(R"(App\*)", R"(App\Mail)"));
  CHECK_FALSE(matches_glob(R"(App\*)", "App*"));
  CHECK(matches_glob(R"(a\\b)", R"(a\\b)"));
  CHECK_FALSE(matches_glob(R"(a\\b)", R"(a\b)"));
  CHECK(matches_glob(R"(end\)", R"(end\)"));
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
