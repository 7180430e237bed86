// -o html: the timeline of a trace as one page to keep or to send: drawing, summary and a table of the jobs.
#pragma once

#include <string>

#include "formatters/trace_words.hpp"

namespace queuetrace {

/// A whole HTML document without scripts, with a content security policy that forbids them and all loading, light or
/// dark by the reader's preference. No payloads.
std::string timeline_html(const TraceTree& tree, const TraceHeading& heading, const Redaction& redaction);

}  // namespace queuetrace
