#include "formatters/timeline_layout.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

namespace queuetrace {
namespace {

struct Unit {
  std::int64_t microseconds;
  const char* name;
};
constexpr std::array<Unit, 6> units{
    {{1, "us"}, {1'000, "ms"}, {1'000'000, "s"}, {60'000'000, "m"}, {3'600'000'000, "h"}, {86'400'000'000, "d"}}};

/// The smallest round step with which `most` ticks cover the length.
std::int64_t round_step(std::int64_t length, std::size_t most) {
  const std::int64_t wanted = length / static_cast<std::int64_t>(std::max<std::size_t>(most, 2) - 1) + 1;
  constexpr std::array<std::int64_t, 4> of_sixty{15, 30, 60, 60};
  for (std::size_t unit = 0; unit + 1 < units.size(); ++unit) {
    const std::int64_t next = units[unit + 1].microseconds;
    for (std::int64_t scale = units[unit].microseconds; scale < next; scale *= 10)
      for (const std::int64_t factor : {1, 2, 5})
        if (scale * factor >= wanted && scale * factor < next && next % (scale * factor) == 0) return scale * factor;
    if (next / units[unit].microseconds == 60)
      for (const std::int64_t factor : of_sixty)
        if (units[unit].microseconds * factor >= wanted && factor < 60) return units[unit].microseconds * factor;
    if (next / units[unit].microseconds == 24)
      for (const std::int64_t factor : {3, 6, 12})
        if (units[unit].microseconds * factor >= wanted) return units[unit].microseconds * factor;
  }
  std::int64_t step = units.back().microseconds;
  for (int turn = 0; step < wanted; ++turn) step = turn % 3 == 1 ? step / 2 * 5 : step * 2;
  return step;
}

/// The offset in the largest unit that leaves at most a short fraction.
std::string offset_text(std::int64_t offset, std::int64_t step) {
  if (offset == 0) return "0";
  std::size_t unit = units.size() - 1;
  while (unit > 0 && units[unit].microseconds > offset) --unit;
  if (offset % units[unit].microseconds == 0)
    return fmt::format("{}{}", offset / units[unit].microseconds, units[unit].name);
  if (unit <= 2) {
    return fmt::format("{:.{}f}{}", static_cast<double>(offset) / static_cast<double>(units[unit].microseconds),
                       step * 10 >= units[unit].microseconds ? (step * 10 % units[unit].microseconds == 0 ? 1 : 2)
                                                             : (step * 100 >= units[unit].microseconds ? 2 : 3),
                       units[unit].name);
  }
  const std::int64_t rest = offset % units[unit].microseconds / units[unit - 1].microseconds;
  return fmt::format("{}{}{:02}{}", offset / units[unit].microseconds, units[unit].name, rest, units[unit - 1].name);
}

BarCell cell_of(TraceSegment::Kind kind) {
  switch (kind) {
    case TraceSegment::Kind::held: return BarCell::held;
    case TraceSegment::Kind::waiting: return BarCell::waiting;
    case TraceSegment::Kind::running: return BarCell::running;
    case TraceSegment::Kind::unknown: return BarCell::unknown;
  }
  return BarCell::unknown;
}

}  // namespace

TimeAxis::TimeAxis(const TraceTree& tree)
    : begin_(tree.first.value_or(tree.now)), length_(tree.last.value_or(begin_) - begin_) {}

double TimeAxis::position(Timestamp time) const {
  if (length_.count() <= 0 || time <= begin_) return 0;
  return std::min(1.0, static_cast<double>((time - begin_).count()) / static_cast<double>(length_.count()));
}

std::vector<TimeTick> TimeAxis::ticks(std::size_t most) const {
  if (length_.count() <= 0) return {{0, "0"}};
  const std::int64_t step = round_step(length_.count(), most);
  std::vector<TimeTick> ticks;
  for (std::int64_t offset = 0; offset <= length_.count(); offset += step)
    ticks.push_back({static_cast<double>(offset) / static_cast<double>(length_.count()), offset_text(offset, step)});
  return ticks;
}

std::vector<BarCell> bar_cells(const TraceNode& node, const TimeAxis& axis, std::size_t cells) {
  std::vector<BarCell> bar(cells, BarCell::empty);
  if (cells == 0) return bar;
  for (const TraceSegment& segment : node.segments) {
    const double width = static_cast<double>(cells);
    const std::size_t from = std::min(cells - 1, static_cast<std::size_t>(axis.position(segment.begin) * width));
    const std::size_t until = static_cast<std::size_t>(std::ceil(axis.position(segment.end) * width));
    for (std::size_t cell = from; cell < std::max(until, from + 1); ++cell)
      bar[cell] = std::max(bar[cell], cell_of(segment.kind));
  }
  return bar;
}

}  // namespace queuetrace
