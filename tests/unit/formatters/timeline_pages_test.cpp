// -o svg and -o html: whole documents that load nothing, run nothing, and hold hostile text without harm.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "formatters/markup.hpp"
#include "formatters/timeline_html.hpp"
#include "formatters/timeline_page_script.hpp"
#include "formatters/timeline_page_style.hpp"
#include "formatters/timeline_svg.hpp"
#include "tests/support/incident.hpp"
#include "tracing/trace_tree_builder.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

struct Pages {
  std::string svg, html;
};

Pages pages_of(std::vector<Job> jobs, const TraceHeading& heading) {
  const TraceTree tree = build_trace_tree(std::move(jobs), incident_now());
  return {timeline_svg(tree, heading, Redaction()), timeline_html(tree, heading, Redaction())};
}

std::size_t count(const std::string& text, std::string_view what) {
  std::size_t found = 0;
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + what.size())) ++found;
  return found;
}

/// Names of the open elements at the end; empty for a well-nested document. Attributes must be quoted.
std::string unclosed(const std::string& text, const std::vector<std::string>& empty_elements) {
  std::vector<std::string> open;
  for (std::size_t at = text.find('<'); at != std::string::npos; at = text.find('<', at)) {
    bool quoted = false;
    std::size_t end = at + 1;
    for (; end < text.size() && (quoted || text[end] != '>'); ++end) {
      if (text[end] == '"') quoted = !quoted;
      if (text[end] == '<') return "'<' inside a tag at " + std::to_string(end);
    }
    const std::string tag = text.substr(at + 1, end - at - 1);
    at = end;
    if (tag.starts_with("!") || tag.starts_with("?") || tag.ends_with("/")) continue;
    const std::string name = tag.substr(tag.starts_with("/") ? 1 : 0, tag.find(' '));
    if (std::find(empty_elements.begin(), empty_elements.end(), name) != empty_elements.end()) continue;
    if (!tag.starts_with("/")) {
      open.push_back(name);
    } else {
      if (open.empty() || open.back() != name) return "</" + name + "> closes nothing";
      open.pop_back();
    }
  }
  return open.empty() ? "" : "<" + open.back() + "> stays open";
}

const TraceHeading heading{"Trace 4bf92f3577b34da6a3ce929d0e0e4736",
                           "http://localhost:16686/trace/4bf92f3577b34da6a3ce929d0e0e4736",
                           {"files: incomplete"},
                           {"http://localhost:16686/trace/4bf92f3577b34da6a3ce929d0e0e4736?uiFind=1"}};

const std::vector<std::string> void_elements{"meta", "input", "wbr"};

/// The page without its own script, whose text no data reaches.
std::string without_script(std::string html) {
  const std::string script = "<script>" + std::string(page_script()) + "</script>";
  const std::size_t at = html.find(script);
  REQUIRE(at != std::string::npos);
  return html.erase(at, script.size());
}

/// The greatest `name="number"` of an element.
double greatest(const std::string& text, const std::string& attribute) {
  double most = 0;
  for (std::size_t at = text.find(attribute); at != std::string::npos; at = text.find(attribute, at + 1))
    most = std::max(most, std::stod(text.substr(at + attribute.size())));
  return most;
}

}  // namespace

TEST_CASE("markup escapes what ends text and attributes") {
  CHECK(markup_text("<a href='x'>\"&`") == "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&#96;");
}

TEST_CASE("the incident: one row a job, ids whole, times in words, everything closed") {
  const Pages pages = pages_of(incident_jobs(), heading);
  CHECK(unclosed(pages.svg, {}) == "");
  CHECK(unclosed(without_script(pages.html), void_elements) == "");
  CHECK(count(pages.svg, "<g class=\"row\">") == 10);
  CHECK(count(pages.html, "<svg class=\"bar\"") == 10);
  CHECK(count(pages.html, "<div class=\"job\" id=\"j") == 10);
  CHECK(pages.svg.find(">shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000003</text>") != std::string::npos);
  CHECK(pages.html.find("<span class=\"ref\">shop/0b9e4d5e-6f0a-4c1b-9d2e-000000000003</span>") != std::string::npos);
  for (const std::string& page : {pages.svg, pages.html}) {
    CHECK(page.find("?uiFind=1\"") != std::string::npos);
    CHECK(page.find("<title>waiting 12.4s, 2026-11-21T07:10:03.200Z to 2026-11-21T07:10:15.600Z</title>") !=
          std::string::npos);
    CHECK(page.find("class=\"running ok estimated\"") != std::string::npos);
    CHECK(page.find("class=\"running bad\"") != std::string::npos);
    CHECK(page.find("15.9s over 3 jobs: 12.4s waiting in email") != std::string::npos);
    CHECK(page.find("files: incomplete") != std::string::npos);
    CHECK(page.find("<a href=\"http://localhost:16686/trace/4bf92f3577b34da6a3ce929d0e0e4736\"") != std::string::npos);
    CHECK(page.find("@media screen and (prefers-color-scheme:dark)") != std::string::npos);
    CHECK(page.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("nothing is loaded, and nothing can run but the page's own script, which holds no data") {
  const Pages pages = pages_of(incident_jobs(), heading);
  CHECK(pages.html.find("<meta http-equiv=\"Content-Security-Policy\" content=\"" + std::string(page_policy()) +
                        "\">") != std::string::npos);
  CHECK(page_policy().find("unsafe") == std::string_view::npos);
  CHECK(page_policy().starts_with("default-src 'none'; style-src 'sha256-"));
  for (const std::string& page : {pages.svg, without_script(pages.html)}) {
    for (const char* never : {"<script", "javascript:", "url(", "@import", "<img", "<image", "<iframe",
                              "<foreignObject", " src=", "onload=", "onclick=", " style=", "<!ENTITY"})
      CHECK_MESSAGE(page.find(never) == std::string::npos, std::string(never));
    const std::size_t addresses = count(page, "http://") + count(page, "https://");
    // the name of SVG in a document of its own; the link of the trace with its text; the links of a job, two in a page
    CHECK(addresses == 4);
  }
}

TEST_CASE("hostile texts are text") {
  const Pages pages = pages_of({hostile_job()}, {"Trace <b> \"quoted\"", std::nullopt, {"<i>remark</i>"}, {}});
  CHECK(unclosed(pages.svg, {}) == "");
  CHECK(unclosed(without_script(pages.html), void_elements) == "");
  for (const std::string& page : {pages.svg, without_script(pages.html)}) {
    for (const char* never : {"<script", "<b>", "<i>", "<img", "\" onload", "-->", "]]>", "\x1b", "\x07", "\xff"})
      CHECK_MESSAGE(page.find(never) == std::string::npos, std::string(never));
    CHECK(page.find("&lt;script&gt;alert(1)&lt;/script&gt;") != std::string::npos);
    CHECK(page.find("&quot; onload=&quot;alert(1)") != std::string::npos);
    CHECK(page.find("\\x1b]0;title\\x07 \\xff") != std::string::npos);
  }
}

TEST_CASE("one job without times, and 200 jobs, are pages too") {
  const Pages single = pages_of({incident_job("a", "q", "k", JobState::pending)}, heading);
  CHECK(unclosed(single.svg, {}) == "");
  CHECK(single.html.find("no times stored") != std::string::npos);
  std::vector<Job> many;
  for (int at = 0; at < 200; ++at) {
    many.push_back(incident_job("job" + std::to_string(at), "q", "k", JobState::completed));
    if (at > 0) many.back().parents = {Untrusted("job" + std::to_string(at - 1))};
  }
  const Pages pages = pages_of(many, heading);
  CHECK(unclosed(without_script(pages.html), void_elements) == "");
  CHECK(count(pages.svg, "<g class=\"row\">") == 200);
  CHECK(pages.svg.size() < 400'000);
  CHECK(count(pages.svg, "class=\"tick\">0</text>") == 8);  // the axis above, and again every 25 rows
  CHECK(count(pages.html, "<details open>") == count(pages.html, "</details>"));
  CHECK(count(pages.html, "<details open>") == 64);  // browsers nest no deeper than a few hundred elements
}

TEST_CASE("sentences of a picture are wrapped and it is as wide as its rows") {
  std::vector<Job> jobs;
  for (int at = 0; at < 40; ++at) {
    jobs.push_back(incident_job("job" + std::to_string(at), "a-queue-with-a-name-" + std::to_string(at), "kind",
                                JobState::completed));
    jobs.back().created_at = incident_time(at * 1000);
    jobs.back().started_at = incident_time(at * 1000 + 500);
    jobs.back().finished_at = incident_time(at * 1000 + 1000);
    if (at > 0) jobs.back().parents = {Untrusted("job" + std::to_string(at - 1))};
  }
  const std::string url = "http://localhost:16686/search?tags=" + std::string(400, 'x');
  const Pages pages = pages_of(jobs, {"Trace", url, {"a remark of " + std::string(300, 'w')}, {}});
  const Pages narrow = pages_of(jobs, {"Trace", std::nullopt, {}, {}});
  const std::string width = " width=\"";
  const double wide = greatest(pages.svg.substr(0, pages.svg.find(" height=")), width);
  CHECK(wide == greatest(narrow.svg.substr(0, narrow.svg.find(" height=")), width));
  CHECK(count(pages.svg, "<a href=\"" + url + "\"") > 2);  // each line of it is the link
  CHECK(pages.svg.find(url + "</text>") == std::string::npos);
  for (std::size_t at = pages.svg.find("<text"); at != std::string::npos; at = pages.svg.find("<text", at + 1)) {
    const std::size_t begin = pages.svg.find('>', at) + 1;
    CHECK(static_cast<double>(pages.svg.find("</text>", begin) - begin) * 6.5 < wide);
  }
}
