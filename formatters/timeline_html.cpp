#include "formatters/timeline_html.hpp"

#include <fmt/format.h>

#include "formatters/escape.hpp"
#include "formatters/markup.hpp"
#include "formatters/timeline_bar.hpp"
#include "formatters/timeline_page_jobs.hpp"
#include "formatters/timeline_page_rows.hpp"
#include "formatters/timeline_page_script.hpp"
#include "formatters/timeline_page_style.hpp"
#include "formatters/trace_verdict.hpp"

namespace queuetrace {
namespace {

std::string card(const std::string& name, const std::string& value, std::string_view classes = "") {
  return fmt::format("<div><dt>{}</dt><dd{}>{}</dd></div>\n", name,
                     classes.empty() ? "" : fmt::format(" class=\"{}\"", classes), markup_text(value));
}

std::string cards(const TraceTree& tree) {
  const TraceTotals& totals = tree.totals;
  std::string out = "<dl>\n" + card("Jobs", std::to_string(totals.jobs));
  if (tree.first)
    out += card("From first to last", to_human(std::chrono::duration_cast<Milliseconds>(*tree.last - *tree.first)));
  out += card("Waiting, all jobs", to_human(totals.waiting)) + card("Running, all jobs", to_human(totals.running));
  if (totals.held.count() > 0) out += card("Held, all jobs", to_human(totals.held));
  out += card("Failed", std::to_string(totals.failed), totals.failed > 0 ? "bad" : "");
  if (totals.unfinished > 0) out += card("Not finished", std::to_string(totals.unfinished));
  if (totals.spans > 0) out += card("Spans", std::to_string(totals.spans));
  if (totals.failed_spans > 0) out += card("Spans with errors", std::to_string(totals.failed_spans), "bad");
  if (totals.spans_not_found > 0) out += card("Jobs without a span", std::to_string(totals.spans_not_found));
  if (totals.missing > 0) out += card("Parents not found", std::to_string(totals.missing));
  if (totals.without_times > 0) out += card("Without times", std::to_string(totals.without_times));
  return out + "</dl>\n";
}

std::string page_legend() {
  const auto sample = [](std::string_view shape, std::string_view words) {
    return fmt::format("<span><svg aria-hidden=\"true\">{}</svg>{}</span>", shape, words);
  };
  const auto box = [](std::string_view classes) {
    return fmt::format("<rect class=\"{}\" x=\"1\" y=\"1\" width=\"22\" height=\"10\"/>", classes);
  };
  return "<div class=\"legend\">" + sample(box("waiting"), "waiting") + sample(box("running ok"), "running") +
         sample("<line class=\"held\" x1=\"0\" x2=\"24\" y1=\"6\" y2=\"6\"/>", "held by schedule or dependencies") +
         sample(box("unknown"), "not recorded (?)") + sample(box("running idle estimated"), "estimated (~)") +
         sample("<text class=\"onward\" x=\"10\" y=\"10\">▸</text>", "goes on (+)") +
         sample("<rect class=\"mark\" x=\"18\" y=\"0\" width=\"3\" height=\"12\"/>", "critical path (★)") + "</div>\n";
}

constexpr std::string_view page_tools =
    "<div id=\"tools\"><input id=\"filter\" type=\"search\" placeholder=\"Filter: queue, kind, ID, state, error\" "
    "aria-label=\"Filter\" autocomplete=\"off\" spellcheck=\"false\">"
    "<button type=\"button\" data-do=\"in\">Zoom in</button><button type=\"button\" data-do=\"out\">Zoom out</button>"
    "<button type=\"button\" data-do=\"all\">All</button><button type=\"button\" data-do=\"fold\">Collapse</button>"
    "<button type=\"button\" data-do=\"unfold\">Expand</button><output id=\"found\" "
    "aria-live=\"polite\"></output></div>\n";

constexpr std::string_view page_keys =
    "<p class=\"keys\">Keys: + - zoom, ← → move, 0 all, / filter, c collapse, e expand, Esc reset. "
    "Mouse: drag or Ctrl+wheel zooms, Shift+wheel moves, a double click shows all.</p>\n";

/// The axis stands in the head of a table, which stays in sight on a screen and comes again on every sheet of paper.
std::string page_drawing(const TraceTree& tree, const TraceHeading& heading, const std::vector<NodeWords>& words) {
  const TimeAxis axis(tree);
  const std::int64_t length = tree.first ? (*tree.last - *tree.first).count() : 0;
  std::string out = fmt::format(
      "<table class=\"sheet\" role=\"presentation\" data-length=\"{}\">\n<thead><tr><th><div class=\"cols heads\">"
      "<span>JOB</span><span>STATE</span><span class=\"number try\">TRIES</span><span class=\"number\">WAIT</span>"
      "<span class=\"number\">RUN</span><span class=\"track\">",
      length);
  out += timeline_minimap(tree, axis) + timeline_axis(axis) + "</span></div></th></tr></thead>\n";
  out +=
      "<tbody><tr><td><div class=\"rows\"><div class=\"cols under\"><span></span><span></span><span "
      "class=\"try\"></span><span></span><span></span>"
      "<span class=\"track\">" +
      timeline_grid(axis) + "</span></div>\n";
  return out + timeline_page_rows(tree, axis, heading, words, shown_ids(tree, false)) +
         "</div></td></tr></tbody>\n</table>\n";
}

}  // namespace

std::string timeline_html(const TraceTree& tree, const TraceHeading& heading, const Redaction& redaction) {
  const std::string subject = markup_text(heading.subject);
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\" class=\"qt\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"" +
      std::string(page_policy()) +
      "\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n";
  out += "<title>" + subject + "</title>\n<style>" + std::string(page_css()) + "</style>\n</head>\n<body>\n<main>\n";
  out += "<h1>" + subject + "</h1>\n<p>" + markup_text(size_words(tree)) + "</p>\n<p>" + markup_text(span_words(tree)) +
         "</p>\n";
  if (heading.url)
    out += fmt::format("<p class=\"link\"><a href=\"{0}\" rel=\"noopener noreferrer\">{0}</a></p>\n",
                       markup_text(*heading.url));
  for (const std::string& remark : heading.remarks) out += "<p class=\"remark\">" + markup_text(remark) + "</p>\n";
  out += cards(tree);
  if (const std::string path = critical_words(tree); !path.empty())
    out += "<p class=\"critical-path\"><strong>Critical path</strong> " + markup_text(path) + "</p>\n";
  std::vector<NodeWords> words;
  for (std::size_t index = 0; index < tree.nodes.size(); ++index) words.push_back(node_words(tree, index, redaction));
  out += "<h2>Timeline</h2>\n" + std::string(page_tools) + page_drawing(tree, heading, words) + page_legend() +
         std::string(page_keys);
  out += "<h2>Jobs" + std::string(tree.totals.spans > 0 ? " and spans" : "") + "</h2>\n" +
         timeline_page_jobs(tree, heading, words);
  out += "<footer>Read from job rows at " + to_rfc3339(tree.now) +
         " by queuetrace. ~ estimated, + so far, ? not recorded, - not yet.</footer>\n";
  return out + "</main>\n<script>" + std::string(page_script()) + "</script>\n</body>\n</html>\n";
}

}  // namespace queuetrace
