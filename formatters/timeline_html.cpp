#include "formatters/timeline_html.hpp"

#include <fmt/format.h>

#include "formatters/escape.hpp"
#include "formatters/markup.hpp"
#include "formatters/timeline_style.hpp"
#include "formatters/timeline_svg.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view page_css = R"(
body{margin:0;background:var(--paper);color:var(--ink);font-size:14px;line-height:1.5}
main{max-width:1560px;margin:0 auto;padding:28px 24px 40px}
h1{font-size:21px;font-weight:650;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:15px;margin:32px 0 10px}
p{margin:2px 0;color:var(--soft)}
p.link{overflow-wrap:anywhere}
p.remark{color:var(--ink);border-left:3px solid var(--retry);background:var(--panel);padding:6px 12px;margin:10px 0}
dl{display:flex;flex-wrap:wrap;gap:12px;margin:20px 0 22px}
dl div{background:var(--panel);border:1px solid var(--line);border-radius:8px;padding:8px 16px;min-width:84px}
dt{font-size:12px;color:var(--soft)}
dd{margin:0;font-size:19px;font-weight:600;font-variant-numeric:tabular-nums}
dd.bad{color:var(--bad)}
p.critical{color:var(--ink);margin:14px 0 0}
.scroll{overflow-x:auto;border:1px solid var(--line);border-radius:8px}
.scroll svg{display:block}
table{border-collapse:collapse;width:100%;font-size:13px}
th,td{text-align:left;padding:6px 12px;border-bottom:1px solid var(--grid);vertical-align:top}
th{color:var(--soft);font-size:12px;font-weight:600;white-space:nowrap;background:var(--panel)}
tr:last-child td{border-bottom:0}
td.id{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:12px;white-space:nowrap}
td.number,th.number{text-align:right;white-space:nowrap;font-variant-numeric:tabular-nums}
td.time{white-space:nowrap;font-variant-numeric:tabular-nums}
td.ok{color:var(--ok)}td.bad{color:var(--bad)}td.busy{color:var(--busy)}td.retry{color:var(--retry)}td.idle{color:var(--idle)}
td.tie{min-width:270px}
code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:11.5px;white-space:nowrap}
td.error{overflow-wrap:anywhere;min-width:180px}
footer{margin-top:28px;color:var(--soft);font-size:12px}
@media print{.scroll{overflow:visible;border:0}}
)";

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

std::string cell(std::string_view classes, const std::string& text) {
  return fmt::format("<td class=\"{}\">{}</td>", classes, markup_text(text));
}

std::string table_row(const TraceTree& tree, std::size_t index, const Redaction& redaction) {
  const TraceNode& node = tree.nodes[index];
  const NodeWords words = node_words(tree, index, redaction);
  std::string out = "<tr>" + cell("id", words.ref) + cell("", words.queue) + cell("", words.kind) +
                    cell(state_class(node), words.state) + cell("number", words.attempts);
  const std::optional<Timestamp> since = node.job ? node.job->created_at : node.span ? node.span->begin : std::nullopt;
  out += cell("time", since ? to_rfc3339(*since) : "");
  out += cell("number", words.wait) + cell("number", words.run);
  out += "<td class=\"tie\"><div>" + markup_text(words.relation) + "</div>";
  if (node.parent) out += "<code>" + markup_text(ref_words(tree.nodes[*node.parent])) + "</code>";
  if (!words.span.empty()) out += "<div>" + markup_text(words.span) + "</div>";
  for (const std::string& mark : words.marks) out += "<div>" + markup_text(mark) + "</div>";
  return out + "</td>" + cell("error", words.error) + "</tr>\n";
}

}  // namespace

std::string timeline_html(const TraceTree& tree, const TraceHeading& heading, const Redaction& redaction) {
  const std::string subject = markup_text(heading.subject);
  std::string out =
      "<!DOCTYPE html>\n<html lang=\"en\" class=\"qt\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
      "base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n";
  out += "<title>" + subject + "</title>\n<style>" + std::string(timeline_css()) + std::string(page_css) +
         "</style>\n</head>\n<body>\n<main>\n";
  out += "<h1>" + subject + "</h1>\n<p>" + markup_text(size_words(tree)) + "</p>\n<p>" + markup_text(span_words(tree)) +
         "</p>\n";
  if (heading.url)
    out += fmt::format("<p class=\"link\"><a href=\"{0}\" rel=\"noopener noreferrer\">{0}</a></p>\n",
                       markup_text(*heading.url));
  for (const std::string& remark : heading.remarks) out += "<p class=\"remark\">" + markup_text(remark) + "</p>\n";
  out += cards(tree);
  out += "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Timeline\">\n" +
         timeline_chart(tree, redaction) + "</div>\n";
  if (const std::string words = critical_words(tree); !words.empty())
    out += "<p class=\"critical\"><strong>Critical path</strong> " + markup_text(words) + "</p>\n";
  out +=
      "<h2>Jobs" + std::string(tree.totals.spans > 0 ? " and spans" : "") +
      "</h2>\n<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Jobs\">\n<table>\n<thead><tr>"
      "<th>Job</th><th>Queue</th><th>Kind</th><th>State</th><th class=\"number\">Tries</th><th>Created</th>"
      "<th class=\"number\">Wait</th><th class=\"number\">Run</th><th>Tie</th><th>Error</th></tr></thead>\n<tbody>\n";
  for (std::size_t index = 0; index < tree.nodes.size(); ++index)
    if (!tree.nodes[index].hidden) out += table_row(tree, index, redaction);
  out += "</tbody>\n</table>\n</div>\n<footer>Read from job rows at " + to_rfc3339(tree.now) +
         " by queuetrace. ~ estimated, + so far, ? not recorded, - not yet.</footer>\n";
  return out + "</main>\n</body>\n</html>\n";
}

}  // namespace queuetrace
