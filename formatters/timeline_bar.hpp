// The bar of a row in the HTML drawing, and the axis above it: places are shares of the width, so that they fit any
// window.
#pragma once

#include <string>

#include "formatters/timeline_layout.hpp"

namespace queuetrace {

/// An <svg> of 20 pixels' height with a shape for each segment. Texts in it are escaped.
std::string timeline_bar(const TraceNode& node, const TimeAxis& axis);

/// The labels of the ticks, as an <svg>.
std::string timeline_axis(const TimeAxis& axis);

/// Upright lines at the ticks, as an <svg> as high as what it lies behind.
std::string timeline_grid(const TimeAxis& axis);

/// All bars of the tree in one small <svg>, a thin line for each row that is not hidden; many rows share a line.
std::string timeline_minimap(const TraceTree& tree, const TimeAxis& axis);

}  // namespace queuetrace
