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
constexpr std::int64_t least_idle = 5;  ///< of so many parts of the whole one is folded
constexpr double fold_share = 0.04;
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

TimeAxis::TimeAxis(const TraceTree& tree, Idle idle)
    : begin_(tree.first.value_or(tree.now)),
      length_(tree.last.value_or(begin_) - begin_),
      pieces_{{0, std::max<std::int64_t>(0, length_.count()), 0, 1, false}} {
  if (idle == Idle::folded && length_.count() > 0) fold_idle(tree);
}

void TimeAxis::fold_idle(const TraceTree& tree) {
  std::vector<std::pair<std::int64_t, std::int64_t>> busy;
  for (const TraceNode& node : tree.nodes)
    for (const TraceSegment& segment : node.segments)
      if (segment.kind == TraceSegment::Kind::waiting || segment.kind == TraceSegment::Kind::running)
        busy.emplace_back(std::clamp<std::int64_t>((segment.begin - begin_).count(), 0, length_.count()),
                          std::clamp<std::int64_t>((segment.end - begin_).count(), 0, length_.count()));
  if (busy.empty()) return;
  std::sort(busy.begin(), busy.end());
  busy.emplace_back(length_.count(), length_.count());
  std::vector<Piece> pieces;
  std::int64_t at = 0, folded = 0;  // up to where everything is shown
  std::int64_t shown_from = 0;
  for (const auto& [begin, end] : busy) {
    if (begin - at > length_.count() / least_idle) {
      if (at > shown_from) pieces.push_back({shown_from, at, 0, 0, false});
      pieces.push_back({at, begin, 0, 0, true});
      folded += begin - at;
      shown_from = begin;
    }
    at = std::max(at, end);
  }
  if (at > shown_from) pieces.push_back({shown_from, at, 0, 0, false});
  const auto folds =
      static_cast<double>(std::count_if(pieces.begin(), pieces.end(), [](const Piece& piece) { return piece.folded; }));
  if (folds == 0 || folded >= length_.count()) return;
  const double room = 1 - folds * fold_share;
  double place = 0;
  for (Piece& piece : pieces) {
    piece.from = place;
    place += piece.folded
                 ? fold_share
                 : room * static_cast<double>(piece.end - piece.begin) / static_cast<double>(length_.count() - folded);
    piece.to = place;
  }
  pieces_ = std::move(pieces);
}

double TimeAxis::position_of(std::int64_t offset) const {
  for (const Piece& piece : pieces_)
    if (offset < piece.end)
      return piece.from + (piece.to - piece.from) * static_cast<double>(offset - piece.begin) /
                              static_cast<double>(piece.end - piece.begin);
  return 1;
}

double TimeAxis::position(Timestamp time) const {
  if (length_.count() <= 0 || time <= begin_) return 0;
  return std::min(1.0, position_of((time - begin_).count()));
}

std::vector<TimeTick> TimeAxis::ticks(std::size_t most) const {
  if (length_.count() <= 0) return {{0, "0"}};
  std::int64_t shown = 0;
  for (const Piece& piece : pieces_) shown += piece.folded ? 0 : piece.end - piece.begin;
  const std::int64_t step = round_step(shown, most);
  std::vector<TimeTick> ticks;
  for (const Piece& piece : pieces_) {
    if (piece.folded) continue;
    const std::size_t before = ticks.size();
    for (std::int64_t offset = (piece.begin + step - 1) / step * step; offset <= piece.end; offset += step)
      ticks.push_back({std::min(1.0, position_of(offset)), offset_text(offset, step)});
    // A short piece behind a fold says at least about when it is.
    if (ticks.size() == before)
      ticks.push_back(
          {piece.from, offset_text(piece.begin - piece.begin % std::max<std::int64_t>(1, step / 10), step)});
  }
  return ticks;
}

std::vector<std::pair<double, double>> TimeAxis::folds() const {
  std::vector<std::pair<double, double>> folds;
  for (const Piece& piece : pieces_)
    if (piece.folded) folds.emplace_back(piece.from, piece.to);
  return folds;
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
  for (const auto& [from, to] : axis.folds())
    for (auto cell = static_cast<std::size_t>(std::ceil(from * static_cast<double>(cells)));
         cell < std::min(cells, static_cast<std::size_t>(to * static_cast<double>(cells))); ++cell)
      if (bar[cell] != BarCell::empty) bar[cell] = BarCell::folded;
  return bar;
}

}  // namespace queuetrace
