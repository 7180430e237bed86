// The rows of the SVG timeline: who, state, times and bar of each job, placed on the page.
#pragma once

#include <string>
#include <vector>

#include "formatters/timeline_layout.hpp"
#include "formatters/trace_words.hpp"

namespace queuetrace {

/// Measures the rows, then writes them.
class TimelineRows {
 public:
  /// `links` by node, as in TraceHeading; the tree and they must outlive this.
  TimelineRows(const TraceTree& tree, const std::vector<std::string>& links, const Redaction& redaction);

  double width() const;
  double height() const;
  /// Column heads, grid and rows with the upper edge at `top`; the axis comes again every 25 rows.
  std::string svg(double top) const;
  /// What the kinds of segments look like, in one line at `top`.
  std::string legend(double top) const;

 private:
  struct Row {
    std::size_t index = 0;
    NodeWords words;
    double top = 0;  ///< below the column heads
    double height = 0;
    bool axis_above = false;
    std::vector<std::string> further;  ///< lines below the id: marks, error
    std::size_t errors = 0;            ///< how many of them, at the end, are errors
  };

  double indent(const TraceNode& node) const;
  double x_of(Timestamp time) const;
  void append_labels(std::string& out, double y) const;
  void append_heads(std::string& out, double top) const;
  void append_tie(std::string& out, const Row& row, double top) const;
  void append_row(std::string& out, const Row& row, double top) const;
  void append_segment(std::string& out, const Row& row, const TraceSegment& segment, double top) const;

  const TraceTree& tree_;
  const std::vector<std::string>& links_;
  TimeAxis axis_;
  std::vector<Row> rows_;
  std::vector<std::size_t> row_of_;  ///< by node; hidden ones hold rows_.size()
  double label_width_ = 0;
  double rows_height_ = 0;
};

}  // namespace queuetrace
