#include "commands/change/rate.hpp"

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <string>

namespace queuetrace {
namespace {

/// A chunk beyond this holds locks, or a Redis server, for too long.
constexpr double longest_chunk_s = 0.25;
/// Below this, what a chunk took says nothing.
constexpr double shortest_judged_s = 0.02;
constexpr double much_slower = 3;
/// About how many slow chunks it takes until that is usual.
constexpr double chunks_until_usual = 8;
constexpr std::size_t first_chunk = 100;
/// A chunk of no more than this is not made smaller because the store is slower than it was.
constexpr std::size_t smallest_for_load = 100;

}  // namespace

std::optional<double> parse_rate(std::string_view text) {
  double seconds = 1;
  if (const std::size_t slash = text.find('/'); slash != std::string_view::npos) {
    const std::string_view unit = text.substr(slash + 1);
    if (unit == "m" || unit == "min")
      seconds = 60;
    else if (unit == "h")
      seconds = 3'600;
    else if (unit != "s")
      return std::nullopt;
    text = text.substr(0, slash);
  }
  if (text.empty() || text.find_first_not_of("0123456789.") != std::string_view::npos) return std::nullopt;
  const std::string digits(text);
  char* end = nullptr;
  const double number = std::strtod(digits.c_str(), &end);
  const double rate = number / seconds;
  if (end != digits.c_str() + digits.size() || !std::isfinite(rate) || rate <= 0) return std::nullopt;
  return rate;
}

Pace::Pace(std::size_t largest, double rate) : largest_(std::max<std::size_t>(1, largest)), rate_(rate) {
  // What is slowed down goes in small steps, four a second, so that it is even.
  if (rate_ > 0) largest_ = std::clamp<std::size_t>(static_cast<std::size_t>(rate_ / 4), 1, largest_);
  chunk_ = std::min(largest_, first_chunk);
}

Pace::Duration Pace::done(std::size_t jobs, Duration held, Duration passed) {
  if (jobs == 0) return Duration::zero();
  const double each = held.count() / static_cast<double>(jobs);
  const bool rose =
      chunk_ > smallest_for_load && usual_ && each > *usual_ * much_slower && held.count() > shortest_judged_s;
  if (held.count() > longest_chunk_s)
    chunk_ = std::max<std::size_t>(1, chunk_ / 2);
  else if (rose)
    chunk_ = std::max(smallest_for_load, chunk_ / 2);
  else if (held.count() < longest_chunk_s / 2)
    chunk_ = std::min(largest_, chunk_ + std::max<std::size_t>(1, chunk_ / 2));
  usual_ = usual_ && each > *usual_ ? *usual_ + (each - *usual_) / chunks_until_usual : each;
  if (rate_ <= 0) return Duration::zero();
  return std::max(Duration::zero(), Duration(static_cast<double>(jobs) / rate_) - passed);
}

}  // namespace queuetrace
