#include "formatters/timeline_page_jobs.hpp"

#include <fmt/format.h>

#include "formatters/markup.hpp"
#include "formatters/timeline_style.hpp"

namespace queuetrace {
namespace {

std::string job_cell(std::string_view classes, const std::string& text) {
  return fmt::format("<span class=\"{}\">{}</span>", classes, markup_text(text));
}

/// A time that may wrap between its day and its hour.
std::string created_cell(const TraceNode& node) {
  const std::optional<Timestamp> since = node.job ? node.job->created_at : node.span ? node.span->begin : std::nullopt;
  if (!since) return "<span></span>";
  std::string time = to_rfc3339(*since);
  if (const std::size_t hour = time.find('T'); hour != std::string::npos) time.insert(hour + 1, "<wbr>");
  return "<span class=\"when\">" + time + "</span>";
}

std::string job_remarks(const TraceTree& tree, const TraceNode& node, const NodeWords& words) {
  std::string out;
  if (!words.relation.empty()) {
    out += "<p class=\"note\">" + markup_text(words.relation);
    if (node.parent)
      out += fmt::format(" <a href=\"#j{}\">{}</a>", *node.parent, markup_text(ref_words(tree.nodes[*node.parent])));
    out += "</p>";
  }
  if (!words.span.empty()) out += "<p class=\"note\">" + markup_text(words.span) + "</p>";
  for (const std::string& mark : words.marks) out += "<p class=\"note\">" + markup_text(mark) + "</p>";
  if (!words.error.empty()) out += "<p class=\"error\">" + markup_text(words.error) + "</p>";
  return out;
}

}  // namespace

std::string timeline_page_jobs(const TraceTree& tree, const TraceHeading& heading,
                               const std::vector<NodeWords>& words) {
  std::string out =
      "<div class=\"jobs\" id=\"jobs\">\n<div class=\"job heads\"><span>Job</span><span>Queue and kind</span>"
      "<span>State</span><span class=\"number\">Tries</span><span>Created</span><span class=\"number\">Wait</span>"
      "<span class=\"number\">Run</span></div>\n";
  for (std::size_t index = 0; index < tree.nodes.size(); ++index) {
    const TraceNode& node = tree.nodes[index];
    if (node.hidden) continue;
    const NodeWords& of = words[index];
    std::string who = markup_text(of.ref);
    if (index < heading.links.size() && !heading.links[index].empty())
      who = fmt::format("<a href=\"{}\" rel=\"noopener noreferrer\">{}</a>", markup_text(heading.links[index]), who);
    out += fmt::format("<div class=\"job\" id=\"j{}\"><span class=\"ref\">{}</span>", index, who) +
           job_cell("", of.title()) + job_cell("state " + std::string(state_class(node)), of.state) +
           job_cell("number", of.attempts) + created_cell(node) + job_cell("number", of.wait) +
           job_cell("number", of.run) + job_remarks(tree, node, of) + "</div>\n";
  }
  return out + "</div>\n";
}

}  // namespace queuetrace
