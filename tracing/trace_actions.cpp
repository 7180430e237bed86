#include "tracing/trace_actions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "tracing/characters.hpp"
#include "tracing/split.hpp"

namespace queuetrace {
namespace {

/// Printable ASCII; every other byte as `\xHH`, a backslash doubled.
std::string printable(const Untrusted& text) {
  std::string result;
  for (const char c : text.raw()) {
    if (c == '\\')
      result += "\\\\";
    else if (c >= ' ' && c <= '~')
      result += c;
    else
      result += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
  }
  return result;
}

/// `<source>/<id>`; empty when the reference cannot be printed safely.
std::string argument(const JobRef& ref) {
  if (!is_safe_argument(ref.id.raw()) || !std::ranges::all_of(split(ref.source, '/'), is_safe_argument)) return {};
  return ref.source + "/" + ref.id.raw();
}

/// `queuetrace trace <verb> <argument>`; empty without one.
std::string command(std::string_view verb, const std::string& argument) {
  std::string text;
  if (!argument.empty()) text.append("queuetrace trace ").append(verb).append(" ").append(argument);
  return text;
}

}  // namespace

bool is_safe_argument(std::string_view text) {
  if (text.empty() || text.size() > 128 || !(is_letter(text.front()) || is_digit(text.front()))) return false;
  return std::ranges::all_of(
      text, [](char c) { return is_letter(c) || is_digit(c) || c == '.' || c == '_' || c == ':' || c == '-'; });
}

JobLinks job_links(const Job& job, const Viewers& viewers, std::string_view viewer_name, bool copy_actions,
                   bool open_actions, Timestamp now) {
  const Viewer& viewer = viewer_name.empty() ? viewers.preferred() : viewers.get(viewer_name);
  const bool has_id = job.trace.trace_id && !job.trace.trace_id->empty() &&
                      (job.trace.status == TraceStatus::w3c || job.trace.status == TraceStatus::opaque);
  JobLinks links;
  links.trace_url = viewer.trace_link(job, now).url;
  const std::string job_argument = copy_actions || open_actions ? argument(job.ref) : std::string();
  if (has_id && copy_actions)
    links.actions.push_back({"copy", "Copy Trace ID", command("copy", job_argument), {}, "Copy trace ID to clipboard"});
  if (open_actions && links.trace_url) {
    links.actions.push_back(
        {"open", "Open Trace", command("open", job_argument), *links.trace_url, "Open trace in " + viewer.name()});
  } else if (open_actions) {
    if (const Viewer::Link search = viewer.search_link(job, now); search.url)
      links.actions.push_back({"open", "Search in " + viewer.name(), command("open", job_argument), *search.url,
                               fmt::format("Search {} for {}", viewer.name(), viewer.search_attribute(job))});
  }
  if (has_id) links.actions.push_back({"view", "View Trace ID", {}, {}, "Trace ID: " + printable(*job.trace.trace_id)});
  return links;
}

}  // namespace queuetrace
