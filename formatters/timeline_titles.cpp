#include "formatters/timeline_titles.hpp"

#include <fmt/format.h>

namespace queuetrace {

std::string row_title(const TraceNode& node, const NodeWords& words) {
  std::string text = words.title() + "\n" + words.ref + "\n" + words.state;
  const auto add = [&text](const std::string& before, const std::string& what) {
    if (!what.empty()) text += before + what;
  };
  add(", try ", words.attempts);
  add("\nwait ", words.wait);
  add(", run ", words.run);
  add(", held ", words.held);
  if (node.critical) text += "\non the critical path";
  if (node.job) {
    if (node.job->created_at) text += "\ncreated " + to_rfc3339(*node.job->created_at);
    if (node.job->started_at) text += "\nstarted " + to_rfc3339(*node.job->started_at);
    if (node.job->finished_at) text += "\nfinished " + to_rfc3339(*node.job->finished_at);
  } else if (node.span && node.span->begin) {
    text += "\nbegun " + to_rfc3339(*node.span->begin);
  }
  add("\n", words.system);
  add("\n", words.relation);
  add("\n", words.span);
  for (const std::string& mark : words.marks) add("\n", mark);
  add("\nerror: ", words.error);
  return text;
}

std::string segment_title(const TraceSegment& segment) {
  return fmt::format("{} {}{}{}, {} to {}",
                     segment.kind == TraceSegment::Kind::unknown ? "not recorded" : to_word(segment.kind),
                     segment.estimated ? "about " : "", to_human(segment.length()), segment.open ? " so far" : "",
                     to_rfc3339(segment.begin), to_rfc3339(segment.end));
}

}  // namespace queuetrace
