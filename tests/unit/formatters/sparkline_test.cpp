// Bars over time: their heights, what is nothing, what is unknown, terminals without UTF-8.
#include <doctest/doctest.h>

#include <vector>

#include "formatters/sparkline.hpp"

namespace queuetrace::testing {
namespace {

using Counts = std::vector<std::optional<std::uint64_t>>;

TEST_CASE("a bar is as high as its share of the greatest count, and higher than that of nothing") {
  CHECK(sparkline(Counts{0, 1, 4, 8}, false) == "▁▂▄█");
  CHECK(sparkline(Counts{0, 1, 1'000'000}, false) == "▁▂█");
  CHECK(sparkline(Counts{0, 0}, false) == "▁▁");
  CHECK(sparkline(Counts{7}, false) == "█");
}

TEST_CASE("counts that nobody knows are blanks, and nothing at all is empty") {
  CHECK(sparkline(Counts{std::nullopt, 2, std::nullopt, 0}, false) == " █ ▁");
  CHECK(sparkline(Counts{std::nullopt, std::nullopt}, false).empty());
  CHECK(sparkline(Counts{}, false).empty());
}

TEST_CASE("without UTF-8 the bars are letters") {
  CHECK(sparkline(Counts{0, 1, 2, 3, 4, std::nullopt}, true) == ".:-=# ");
  CHECK(sparkline(Counts{~0ULL, 0}, true) == "#.");
}

}  // namespace
}  // namespace queuetrace::testing
