#include "model/lasting.hpp"

#include "model/age.hpp"
#include "model/plausible_time.hpp"

namespace queuetrace {

std::string lasting_since(Timestamp since, Timestamp now) {
  if (since < earliest_plausible || since == infinite_future) return {};
  if (plausible_past(since, now)) return to_age(std::chrono::duration_cast<Milliseconds>(now - since));
  constexpr std::size_t to_the_second = 19;
  return "since " + to_rfc3339(since).substr(0, to_the_second) + "Z (clocks differ)";
}

}  // namespace queuetrace
