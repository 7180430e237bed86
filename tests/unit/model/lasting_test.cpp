#include "model/lasting.hpp"

#include <doctest/doctest.h>

#include <chrono>

using namespace queuetrace;
using namespace std::chrono_literals;

TEST_CASE("how long something lasts: an age, or the time where a clock that is ahead wrote it") {
  const Timestamp now{1'767'322'800s};  // 2026-01-02T03:00:00Z
  CHECK(lasting_since(now - 3h - 49min, now) == "3h49m");
  CHECK(lasting_since(now, now) == "0s");
  CHECK(lasting_since(now + 299s, now) == "0s");
  CHECK(lasting_since(now + 2h + 500ms, now) == "since 2026-01-02T05:00:00Z (clocks differ)");
  CHECK(lasting_since(Timestamp{}, now).empty());  // 1970 is the zero of programs
  CHECK(lasting_since(infinite_past, now).empty());
  CHECK(lasting_since(infinite_future, now).empty());
}
