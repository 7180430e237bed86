#include "formatters/last_lines.hpp"

#include <utility>

namespace queuetrace {
namespace {

/// The place in each stream for who takes its last lines.
int place_of_taker() {
  static const int place = std::ios_base::xalloc();
  return place;
}

}  // namespace

LastLines::LastLines(std::ostream& stream) : stream_(stream) { stream_.pword(place_of_taker()) = this; }

LastLines::~LastLines() { stream_.pword(place_of_taker()) = nullptr; }

std::string LastLines::take() { return std::exchange(lines_, {}); }

void add_last_lines(std::ostream& stream, std::string_view lines) {
  if (auto* taker = static_cast<LastLines*>(stream.pword(place_of_taker())); taker != nullptr)
    taker->lines_ += lines;
  else
    stream << lines;
}

}  // namespace queuetrace
