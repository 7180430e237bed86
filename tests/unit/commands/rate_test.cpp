// How fast jobs are changed.
#include "commands/change/rate.hpp"

#include <doctest/doctest.h>

using namespace queuetrace;
using Duration = Pace::Duration;

namespace {

/// A store that is held for all of the time.
struct Paced : Pace {
  using Pace::Pace;
  Duration done(std::size_t jobs, Duration held) { return Pace::done(jobs, held, held); }
};

}  // namespace

TEST_CASE("rates as typed") {
  CHECK(parse_rate("50") == 50);
  CHECK(parse_rate("50/s") == 50);
  CHECK(parse_rate("600/m") == 10);
  CHECK(parse_rate("3600/h") == 1);
  CHECK(parse_rate("0.5/s") == 0.5);
  for (const char* bad : {"", "/s", "0", "0/s", "-1", "1e9", "5/d", "5/", "five", "1.2.3", "nan", "inf"})
    CHECK_FALSE(parse_rate(bad));
}

TEST_CASE("a chunk begins small, grows while the store is quick, and never beyond the largest") {
  Paced pace(500, 0);
  CHECK(pace.chunk() == 100);
  CHECK(pace.done(100, Duration(0.01)) == Duration(0));
  CHECK(pace.chunk() == 150);
  for (int i = 0; i < 20; ++i) pace.done(pace.chunk(), Duration(0.01));
  CHECK(pace.chunk() == 500);
  CHECK(Pace(7, 0).chunk() == 7);
  CHECK(Pace(0, 0).chunk() == 1);
}

TEST_CASE("a chunk that takes too long is halved, down to one, and grows again") {
  Paced pace(100, 0);
  pace.done(100, Duration(0.4));
  CHECK(pace.chunk() == 50);
  for (int i = 0; i < 10; ++i) pace.done(pace.chunk(), Duration(0.4));
  CHECK(pace.chunk() == 1);
  pace.done(1, Duration(0.001));
  CHECK(pace.chunk() == 2);
}

TEST_CASE("a chunk that takes much longer a job than usual is halved, but no small one") {
  Paced pace(600, 0);
  for (int i = 0; i < 10; ++i) pace.done(pace.chunk(), Duration(0.03));
  CHECK(pace.chunk() == 600);
  pace.done(600, Duration(0.08));  // less than three times as long: noise
  CHECK(pace.chunk() == 600);
  pace.done(600, Duration(0.2));
  CHECK(pace.chunk() == 300);
  pace.done(300, Duration(0.2));
  pace.done(150, Duration(0.2));
  CHECK(pace.chunk() == 100);  // what a chunk costs whatever its size would make each smaller one look slower
}

TEST_CASE("a store that stays slower is not taken for one in need") {
  Paced pace(500, 0);
  for (int i = 0; i < 10; ++i) pace.done(pace.chunk(), Duration(0.01));
  for (int i = 0; i < 30; ++i) pace.done(pace.chunk(), Duration(0.0002 * static_cast<double>(pace.chunk())));
  CHECK(pace.chunk() == 500);
}

TEST_CASE("what a chunk costs beside the store's time makes no chunk smaller") {
  Pace pace(500, 0);
  for (int i = 0; i < 10; ++i) pace.done(pace.chunk(), Duration(0.01), Duration(2));
  CHECK(pace.chunk() == 500);
}

TEST_CASE("a rate is kept in small even steps") {
  Paced pace(500, 40);
  CHECK(pace.chunk() == 10);
  CHECK(pace.done(10, Duration(0.05)).count() == doctest::Approx(0.2));
  CHECK(pace.done(10, Duration(0.5)) == Duration(0));
  Paced slow(500, 0.5);
  CHECK(slow.chunk() == 1);
  CHECK(slow.done(1, Duration(0)).count() == doctest::Approx(2));
  Pace backed_up(500, 40);
  CHECK(backed_up.done(10, Duration(0.01), Duration(0.05)).count() == doctest::Approx(0.2));
}
