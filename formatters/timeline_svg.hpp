// -o svg: the timeline of a trace as one picture that needs nothing else: no script, no font, no network.
#pragma once

#include <string>

#include "formatters/trace_words.hpp"

namespace queuetrace {

/// A whole SVG document: heading, a row for each job with its bar, legend, totals. Texts are selectable, each row says
/// everything in its <title>. Light or dark by the reader's preference.
std::string timeline_svg(const TraceTree& tree, const TraceHeading& heading, const Redaction& redaction);

}  // namespace queuetrace
