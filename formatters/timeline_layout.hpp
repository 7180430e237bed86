// One time line for all bars of a trace: where a moment lies between the first and the last, and where to put ticks.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/trace_tree.hpp"

namespace queuetrace {

struct TimeTick {
  double position = 0;  ///< 0 to 1
  std::string label;    ///< offset from the beginning: `0s`, `250ms`, `1.5s`, `2m`, `3h`, `1d`
};

class TimeAxis {
 public:
  /// Idle stretches, in which no job of the trace waits or runs, may be folded: those of over a fifth of the whole then
  /// take a twenty-fifth of the room each.
  enum class Idle { shown, folded };

  /// From the first to the last moment of the tree; from now to now when it has none.
  explicit TimeAxis(const TraceTree& tree, Idle idle = Idle::shown);

  /// 0 at the beginning, 1 at the end, never outside; 0 when both are the same.
  double position(Timestamp time) const;
  /// At round offsets (1, 2 or 5 times a unit), the beginning included, `most` at the most (at least 2).
  std::vector<TimeTick> ticks(std::size_t most) const;
  /// Where the folded stretches lie, 0 to 1, in their order.
  std::vector<std::pair<double, double>> folds() const;

 private:
  /// A stretch of time on the axis, in microseconds since its beginning.
  struct Piece {
    std::int64_t begin = 0, end = 0;
    double from = 0, to = 0;
    bool folded = false;
  };

  void fold_idle(const TraceTree& tree);
  double position_of(std::int64_t offset) const;

  Timestamp begin_;
  std::chrono::microseconds length_;
  std::vector<Piece> pieces_;  ///< without gaps
};

/// What stands in one cell of a bar; the later kinds of this list win where several meet.
enum class BarCell { empty, held, waiting, unknown, running, folded };

/// The bar of a job in `cells` cells; every segment takes at least one.
std::vector<BarCell> bar_cells(const TraceNode& node, const TimeAxis& axis, std::size_t cells);

}  // namespace queuetrace
