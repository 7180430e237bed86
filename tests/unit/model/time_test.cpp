// Times: what is read, what is printed, and that no input overflows.
#include "model/time.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <ctime>
#include <limits>
#include <optional>
#include <string>
#include <string_view>

using namespace queuetrace;

namespace {

/// While it lives, the process is in this zone.
class LocalZone {
 public:
  explicit LocalZone(const char* name) {
    const char* before = std::getenv("TZ");
    if (before != nullptr) before_ = before;
    set(name);
  }
  ~LocalZone() { set(before_ ? before_->c_str() : nullptr); }
  LocalZone(const LocalZone&) = delete;
  LocalZone& operator=(const LocalZone&) = delete;

 private:
  static void set(const char* name) {
    name != nullptr ? ::setenv("TZ", name, 1) : ::unsetenv("TZ");
    ::tzset();
  }
  std::optional<std::string> before_;
};

Timestamp at(std::int64_t microseconds) { return Timestamp(std::chrono::microseconds(microseconds)); }

std::string read(std::string_view text) {
  const auto time = parse_timestamp(text);
  return time ? to_rfc3339(*time) : "none";
}

}  // namespace

TEST_CASE("years before the year 1 and beyond 9999 are written in full and read back") {
  for (const char* text : {"-0043-03-15T00:00:00.000Z", "-4712-01-01T00:00:00.000Z", "0000-12-31T23:59:59.999Z",
                           "12345-06-07T08:09:10.000Z", "290000-01-01T00:00:00.000Z"}) {
    const std::optional<Timestamp> time = parse_timestamp(text);
    REQUIRE(time);
    CHECK(to_rfc3339(*time) == text);
  }
  CHECK(to_rfc3339(*parse_timestamp("0044-03-15 00:00:00+00 BC")) == "-0043-03-15T00:00:00.000Z");
}

TEST_CASE("a moment is given back exactly") {
  for (const char* text : {"2026-01-02T03:04:05.678901Z", "1969-12-31T23:59:59.999999Z", "2026-01-02T03:04:05.678Z"})
    CHECK(to_rfc3339_exact(*parse_timestamp(text)) == text);
  CHECK(to_rfc3339_exact(infinite_future) == "infinity");
  CHECK(to_rfc3339_exact(infinite_past) == "-infinity");
}

TEST_CASE("local times carry their offset, and read back as the same moment") {
  const LocalZone berlin("Europe/Berlin");
  const auto shown = [](const char* text) { return to_local_time(*parse_timestamp(text)); };
  CHECK(shown("2026-10-25T00:30:00Z") == "2026-10-25 02:30:00+02:00");
  CHECK(shown("2026-10-25T01:30:00Z") == "2026-10-25 02:30:00+01:00");
  CHECK(to_local_time(infinite_future) == "infinity");
  for (const char* text : {"2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-11-28T11:00:00Z"})
    CHECK(parse_timestamp(shown(text)) == parse_timestamp(text));
  // Without a zone it is in the one that is asked for.
  CHECK(parse_moment("2026-11-28 12:00", {}, Zone::local) == parse_timestamp("2026-11-28T11:00:00Z"));
  CHECK(parse_moment("2026-11-28", {}, Zone::local) == parse_timestamp("2026-11-27T23:00:00Z"));
  CHECK(parse_moment("2026-11-28 12:00", {}) == parse_timestamp("2026-11-28T12:00:00Z"));
  CHECK(parse_moment("2026-11-28T12:00:00Z", {}, Zone::local) == parse_timestamp("2026-11-28T12:00:00Z"));
  CHECK(parse_moment("2026-11-28 12:00:00.25+05:30", {}, Zone::local) == parse_timestamp("2026-11-28T06:30:00.25Z"));
}

TEST_CASE("RFC 3339 with milliseconds") {
  CHECK(to_rfc3339(at(0)) == "1970-01-01T00:00:00.000Z");
  CHECK(to_rfc3339(at(-1)) == "1969-12-31T23:59:59.999Z");
  CHECK(to_rfc3339(at(1767323045678999)) == "2026-01-02T03:04:05.678Z");
  CHECK(to_rfc3339(infinite_future) == "infinity");
  CHECK(to_rfc3339(infinite_past) == "-infinity");
  CHECK(to_rfc3339(at(std::numeric_limits<std::int64_t>::max() - 1)) == "294247-01-10T04:00:54.775Z");
  CHECK(to_rfc3339(at(std::numeric_limits<std::int64_t>::min() + 1)) == "-290308-12-21T19:59:05.224Z");
  CHECK(to_rfc3339(at(-62167219200000000)) == "0000-01-01T00:00:00.000Z");
  std::string out = "at ";
  append_rfc3339(out, at(951782400000000));
  CHECK(out == "at 2000-02-29T00:00:00.000Z");
}

TEST_CASE("timestamps in the styles of stores") {
  CHECK(read("2026-01-02T03:04:05.678Z") == "2026-01-02T03:04:05.678Z");
  CHECK(read("2026-01-02 03:04:05.678901+00") == "2026-01-02T03:04:05.678Z");
  CHECK(read("2026-01-02 03:04:05+0530") == "2026-01-01T21:34:05.000Z");
  CHECK(read("2026-01-02t03:04:05-05:30") == "2026-01-02T08:34:05.000Z");
  CHECK(read("2026-01-02") == "2026-01-02T00:00:00.000Z");
  CHECK(read("2026-01-02 03:04") == "2026-01-02T03:04:00.000Z");
  CHECK(read("2026-01-02T03:04:05.123456789Z") == "2026-01-02T03:04:05.123Z");
  CHECK(read("2024-02-29") == "2024-02-29T00:00:00.000Z");
  CHECK(read("2026-01-02T24:00:00Z") == "2026-01-03T00:00:00.000Z");
  CHECK(read("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00.000Z");
  CHECK(read("infinity") == "infinity");
  CHECK(read("-infinity") == "-infinity");
  CHECK(read("294276-12-31 23:59:59.999999+00") == "infinity");
  CHECK(read("4713-01-01 00:00:00+00 BC") == "-4712-01-01T00:00:00.000Z");
  CHECK(read("0001-02-29 BC") == "0000-02-29T00:00:00.000Z");
  CHECK(*parse_timestamp("2026-01-02T03:04:05.000001Z") - *parse_timestamp("2026-01-02T03:04:05Z") ==
        std::chrono::microseconds(1));
}

TEST_CASE("texts that are no times") {
  for (const std::string_view text : {"",
                                      "2026",
                                      "2026-1-2",
                                      "2026-13-01",
                                      "2026-00-01",
                                      "2026-02-29",
                                      "2100-02-29",
                                      "2026-04-31",
                                      "2026-01-02T",
                                      "2026-01-02x",
                                      "2026-01-02T25:00:00Z",
                                      "2026-01-02T24:00:01Z",
                                      "2026-01-02T24:30Z",
                                      "2026-01-02T03:60:00Z",
                                      "2026-01-02T03:04:61Z",
                                      "2026-01-02T03:04:05.Z",
                                      "2026-01-02T03:04:05+",
                                      "2026-01-02T03:04:05+1",
                                      "2026-01-02T03:04:05+01:",
                                      "2026-01-02T03:04:05+01:99",
                                      "2026-01-02T03:04:05+25",
                                      "2026-01-02T03:04:05Zx",
                                      "9999999-01-01",
                                      "999999999999999999999-01-01",
                                      "infinity ",
                                      "2026-01-02T03:04:05.1234567890Z"}) {
    CAPTURE(text);
    CHECK(read(text) == "none");
  }
}

TEST_CASE("a time printed is the time read") {
  for (std::int64_t microseconds = -9'000'000'000'000'000'000; microseconds < 9'000'000'000'000'000'000;
       microseconds += 44'444'444'444'444'000) {
    const std::string text = to_rfc3339(at(microseconds));
    if (text.starts_with('-')) continue;  // years before 0 are printed only
    CAPTURE(text);
    CHECK(read(text) == text);
  }
}

TEST_CASE("moments as users type them") {
  const Timestamp now = *parse_timestamp("2026-01-02T03:04:05Z");
  const auto moment = [&](std::string_view text) {
    const auto time = parse_moment(text, now);
    return time ? to_rfc3339(*time) : "none";
  };
  CHECK(moment("now") == "2026-01-02T03:04:05.000Z");
  CHECK(moment("15m") == "2026-01-02T02:49:05.000Z");
  CHECK(moment("now-1h") == "2026-01-02T02:04:05.000Z");
  CHECK(moment("7d") == "2025-12-26T03:04:05.000Z");
  CHECK(moment("1767323045") == "2026-01-02T03:04:05.000Z");
  CHECK(moment("1767323045678") == "2026-01-02T03:04:05.678Z");
  CHECK(moment("0") == "1970-01-01T00:00:00.000Z");
  CHECK(moment("2026-01-01") == "2026-01-01T00:00:00.000Z");
  CHECK(moment("2026-01-01T10:00:00+01:00") == "2026-01-01T09:00:00.000Z");
  for (const std::string_view text :
       {"", "now-", "now+1h", "now-90", "yesterday", "17673230456", "-1h", "now-2026-01-01", "12345678901234"}) {
    CAPTURE(text);
    CHECK(moment(text) == "none");
  }
  CHECK(*parse_moment("9223372036854775ms", infinite_past) == infinite_past);
}
