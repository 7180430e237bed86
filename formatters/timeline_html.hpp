// -o html: the timeline of a trace as one page to keep or to send: drawing, summary and a list of the jobs.
#pragma once

#include <string>

#include "formatters/trace_words.hpp"

namespace queuetrace {

/// A whole HTML document that fits any window from 800 pixels up and A4 paper on its side, light or dark by the
/// reader's preference (paper is light). It is read without a script; our own one adds zoom, filter and folding. Its
/// content security policy forbids everything else, and all loading. No payloads. Cost: about 2 kB a job.
std::string timeline_html(const TraceTree& tree, const TraceHeading& heading, const Redaction& redaction);

}  // namespace queuetrace
