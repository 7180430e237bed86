#include "formatters/column_fit.hpp"

#include <algorithm>

#include "formatters/name_cuts.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t narrowest = 4;  // cells of a name or text where nothing else gives way

class Fitting {
 public:
  Fitting(std::span<const ColumnWant> wanted, std::size_t width, std::string_view ellipsis)
      : wanted_(wanted), width_(width), ellipsis_(ellipsis), shown_(wanted.size(), true), widths_(wanted.size()) {}

  ColumnFit result() {
    while (!fits(false) && drop_next()) {
    }
    if (row_width() > width_ && width_ > 0) fits(true);
    return {shown_, widths_};
  }

 private:
  std::size_t row_width() const {
    std::size_t total = 0;
    for (std::size_t column = 0; column < widths_.size(); ++column)
      if (shown_[column]) total += widths_[column] + (total > 0 ? column_gap : 0);
    return total;
  }
  bool is(std::size_t column, CellKind kind) const { return shown_[column] && wanted_[column].kind == kind; }

  /// Sizes the columns that are left; `last`: nothing more can be left out.
  bool fits(bool last) {
    for (std::size_t column = 0; column < widths_.size(); ++column) widths_[column] = wanted_[column].natural;
    if (width_ == 0 || row_width() <= width_) return true;
    const auto least = [&](std::size_t column) {
      const std::size_t floor = last ? narrowest : wanted_[column].least;
      return std::min(wanted_[column].natural, floor);
    };
    bool text = false;
    for (std::size_t column = 0; column < widths_.size(); ++column) {
      if (!is(column, CellKind::text)) continue;
      text = true;
      widths_[column] = least(column);
    }
    const std::size_t most = std::max<std::size_t>(22, width_ * 28 / 100);
    for (std::size_t column = 0; column < widths_.size(); ++column)
      if (text && is(column, CellKind::name)) set_name(column, std::min(widths_[column], most), least(column));
    shrink_names(least);
    grow();
    return row_width() <= width_;
  }

  template <typename Least>
  void shrink_names(const Least& least) {
    for (std::size_t total = row_width(); total > width_; total = row_width()) {
      std::size_t widest = widths_.size();
      for (std::size_t column = 0; column < widths_.size(); ++column)
        if (is(column, CellKind::name) && widths_[column] > least(column) && can_shrink(column, least(column)) &&
            (widest == widths_.size() || widths_[column] > widths_[widest]))
          widest = column;
      if (widest == widths_.size()) return;
      set_name(widest, widths_[widest] - 1, least(widest));
    }
  }

  bool differ(std::size_t column, std::size_t width) const {
    return width >= wanted_[column].natural || stay_different(wanted_[column].names, width, ellipsis_);
  }
  bool can_shrink(std::size_t column, std::size_t least) const {
    for (std::size_t width = widths_[column] - 1; width >= least && width > 0; --width)
      if (differ(column, width)) return true;
    return false;
  }
  /// To the widest of at most `width` cells in which the names differ; where there is none, the next one above.
  void set_name(std::size_t column, std::size_t width, std::size_t least) {
    for (std::size_t narrower = width; narrower >= least && narrower > 0; --narrower)
      if (differ(column, narrower)) {
        widths_[column] = narrower;
        return;
      }
    while (!differ(column, width)) ++width;
    widths_[column] = width;
  }

  /// Gives what is left over to the text, then to the names that are cut.
  void grow() {
    for (const CellKind kind : {CellKind::text, CellKind::name})
      for (std::size_t column = 0; column < widths_.size(); ++column) {
        const std::size_t total = row_width();
        if (!is(column, kind) || total >= width_) continue;
        const std::size_t wider = std::min(wanted_[column].natural, widths_[column] + width_ - total);
        if (kind == CellKind::text || differ(column, wider)) widths_[column] = wider;
      }
  }

  bool drop_next() {
    std::size_t next = widths_.size();
    for (std::size_t column = 0; column < widths_.size(); ++column)
      if (shown_[column] && wanted_[column].drop > 0 &&
          (next == widths_.size() || wanted_[column].drop < wanted_[next].drop))
        next = column;
    if (next == widths_.size()) return false;
    shown_[next] = false;
    return true;
  }

  std::span<const ColumnWant> wanted_;
  std::size_t width_;
  std::string_view ellipsis_;
  std::vector<bool> shown_;
  std::vector<std::size_t> widths_;
};

}  // namespace

ColumnFit fit_columns(std::span<const ColumnWant> wanted, std::size_t width, std::string_view ellipsis) {
  return Fitting(wanted, width, ellipsis).result();
}

}  // namespace queuetrace
