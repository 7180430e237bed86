// What the SVG and HTML drawings say when the pointer rests on a row or on a part of its bar.
#pragma once

#include <string>

#include "formatters/trace_words.hpp"

namespace queuetrace {

/// Everything that is known about a row, in several lines of printable text.
std::string row_title(const TraceNode& node, const NodeWords& words);

/// `waiting 12.4s, 2026-11-21T07:10:03.200Z to 2026-11-21T07:10:15.600Z`
std::string segment_title(const TraceSegment& segment);

}  // namespace queuetrace
