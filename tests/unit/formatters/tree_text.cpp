#include "formatters/tree_text.hpp"

#include <doctest/doctest.h>

#include <iostream>
#include <fstream>
#include "formatters/timeline_html.hpp"
#include "formatters/timeline_svg.hpp"
#include "formatters/mermaid.hpp"
#include "formatters/chrome_trace.hpp"

#include "tests/support/incident.hpp"
#include "tracing/trace_tree_builder.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

TEST_CASE("show") {
  const TraceTree tree = build_trace_tree(incident_jobs(), incident_now());
  TraceHeading h{"Trace 4bf92f3577b34da6a3ce929d0e0e4736", "http://localhost:16686/trace/4bf92f3577b34da6a3ce929d0e0e4736", {"files: unreachable, its jobs may be missing"}};
  std::cout << tree_text(tree, h, Redaction(), {110, false, false});
  std::cout << tree_text(tree, h, Redaction(), {60, false, true});
  std::ofstream("/tmp/ts/incident.html") << timeline_html(tree, h, Redaction());
  std::ofstream("/tmp/ts/incident.svg") << timeline_svg(tree, h, Redaction());
  std::ofstream("/tmp/ts/incident.mmd") << mermaid_text(tree, h);
  std::ofstream("/tmp/ts/incident.json") << chrome_trace_json(tree, h, Redaction());
  const TraceTree bad = build_trace_tree({hostile_job()}, incident_now());
  h.subject = "Trace <b>&";
  std::ofstream("/tmp/ts/hostile.html") << timeline_html(bad, h, Redaction());
  std::ofstream("/tmp/ts/hostile.svg") << timeline_svg(bad, h, Redaction());
  std::ofstream("/tmp/ts/hostile.mmd") << mermaid_text(bad, h);
  std::vector<Job> many;
  for (int i = 0; i < 200; ++i) {
    Job job = incident_job("job-" + std::to_string(i), "queue" + std::to_string(i % 7), "kind", i % 11 ? JobState::completed : JobState::failed);
    job.created_at = incident_time(i * 50); job.started_at = incident_time(i * 50 + 100 + (i * 37) % 900); job.finished_at = incident_time(i * 50 + 1100 + (i * 91) % 2000);
    if (i) job.parents = {Untrusted("job-" + std::to_string((i - 1) / 3))};
    many.push_back(job);
  }
  std::ofstream("/tmp/ts/many.html") << timeline_html(build_trace_tree(many, incident_now()), h, Redaction());
}
