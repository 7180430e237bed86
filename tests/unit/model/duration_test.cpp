// Durations: what is read, what is printed, and that no input overflows.
#include "model/duration.hpp"

#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

using namespace queuetrace;

TEST_CASE("durations") {
  const auto count = [](std::string_view text) {
    const auto duration = parse_duration(text);
    return duration ? duration->count() : -1;
  };
  CHECK(count("250ms") == 250);
  CHECK(count("10") == 10'000);
  CHECK(count("10s") == 10'000);
  CHECK(count("5m") == 300'000);
  CHECK(count("2h") == 7'200'000);
  CHECK(count("7d") == 604'800'000);
  CHECK(count("1w") == 604'800'000);
  CHECK(count("0") == 0);
  CHECK(count("1h30m") == 5'400'000);
  CHECK(count("2m05s") == 125'000);
  CHECK(count("5d03h") == 442'800'000);
  CHECK(count("1h0m5s") == 3'605'000);
  CHECK(count("1.8s") == 1'800);
  CHECK(count("1.5h") == 5'400'000);
  CHECK(count("0.0005s") == 0);
  for (const std::string_view text :
       {"", "m", "-5m", "5 m", "5x", "99999999999999999999", "9223372036854775807s", " 5", "5M", "1.5", "1h30", "30m1h",
        "1h1h", "1.s", ".5s", "1h 30m", "1h30mx", "9223372036854775h9223372036854775s", "1700000000.123"}) {
    CAPTURE(text);
    CHECK(count(text) == -1);
  }
}

TEST_CASE("durations for people") {
  const auto human = [](std::int64_t milliseconds) { return to_human(Milliseconds(milliseconds)); };
  CHECK(human(0) == "0ms");
  CHECK(human(85) == "85ms");
  CHECK(human(999) == "999ms");
  CHECK(human(12'499) == "12.4s");
  CHECK(human(59'999) == "59.9s");
  CHECK(human(60'000) == "1m");
  CHECK(human(60'999) == "1m");
  CHECK(human(185'000) == "3m05s");
  CHECK(human(600'000) == "10m");
  CHECK(human(3'600'000) == "1h");
  CHECK(human(3'659'000) == "1h");
  CHECK(human(86'400'000) == "1d");
  CHECK(human(90'000'000) == "1d01h");
  CHECK(human(7'800'000) == "2h10m");
  CHECK(human(442'800'000) == "5d03h");
  CHECK(human(-1500) == "-1.5s");
  CHECK(human(std::numeric_limits<std::int64_t>::min()) == "-inf");
  CHECK(human(std::numeric_limits<std::int64_t>::max()) == "106751991167d07h");
}
