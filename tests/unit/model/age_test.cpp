#include "model/age.hpp"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

using namespace queuetrace;
using namespace std::chrono_literals;

TEST_CASE("ages in two units at most") {
  CHECK(to_age(0ms) == "0s");
  CHECK(to_age(-5s) == "0s");
  CHECK(to_age(999ms) == "0s");
  CHECK(to_age(45s) == "45s");
  CHECK(to_age(119s) == "119s");
  CHECK(to_age(3min + 59s) == "3m");
  CHECK(to_age(59min + 59s) == "59m");
  CHECK(to_age(1h) == "1h");
  CHECK(to_age(9h + 3min) == "9h3m");
  CHECK(to_age(15h + 40min) == "15h");
  CHECK(to_age(47h + 59min) == "47h");
  CHECK(to_age(48h) == "2d");
  CHECK(to_age(9 * 24h + 2h) == "9d2h");
  CHECK(to_age(21 * 24h + 2h) == "21d");
  CHECK(to_age(4000 * 24h) == "4000d");
}

TEST_CASE("what is printed of a duration can be typed") {
  std::vector<std::int64_t> counts;
  for (std::int64_t count = 0; count < 4'000'000'000'000; count = count * 3 / 2 + 7) counts.push_back(count);
  for (const std::int64_t unit : {1'000LL, 60'000LL, 3'600'000LL, 86'400'000LL, 604'800'000LL})
    for (std::int64_t times = 1; times <= 120; ++times)
      for (const std::int64_t more : {-1LL, 0LL, 1LL, 59'999LL}) counts.push_back(unit * times + more);
  for (const std::int64_t count : counts) {
    const Milliseconds duration(count);
    for (const std::string& text : {to_age(duration), to_human(duration)}) {
      CAPTURE(text);
      const auto read = parse_duration(text);
      REQUIRE(read);
      CHECK(*read <= duration);
      CHECK((text == to_age(*read) || text == to_human(*read)));
    }
  }
}
