// Trees of jobs and spans: which span is a job's own, what stands below what, what is said of clocks and samples.
#include <doctest/doctest.h>

#include <algorithm>
#include <string>

#include "tests/support/incident.hpp"
#include "tracing/trace_tree_builder.hpp"

using namespace queuetrace;
using queuetrace::testing::incident_job;
using queuetrace::testing::incident_now;
using queuetrace::testing::incident_time;

namespace {

const std::string trace = "4bf92f3577b34da6a3ce929d0e0e4736";

Untrusted text(const std::string& value) { return Untrusted(value); }

Job job_at(const std::string& id, std::int64_t created, std::optional<std::int64_t> started = std::nullopt,
           std::optional<std::int64_t> finished = std::nullopt) {
  Job job = incident_job(id, "mail", "send", started ? JobState::completed : JobState::pending);
  job.created_at = incident_time(created);
  if (started) job.started_at = incident_time(*started);
  if (finished) job.finished_at = incident_time(*finished);
  if (started) job.attempts = 1;
  return job;
}

Span span(const std::string& id, const std::string& parent, Span::Kind kind, std::int64_t begin, std::int64_t end,
          const std::vector<std::pair<std::string, std::string>>& attributes = {}) {
  Span made;
  made.trace = trace;
  made.id = id;
  made.parent = parent;
  made.kind = kind;
  made.name = text("span " + id.substr(0, 1));
  made.service = text("shop");
  made.begin = incident_time(begin);
  made.end = incident_time(end);
  for (const auto& [name, value] : attributes) made.attributes.push_back({text(name), text(value)});
  return made;
}

const std::string a(16, 'a'), b(16, 'b'), c(16, 'c'), d(16, 'd'), e(16, 'e'), f(16, 'f');

TraceTree tree_of(const std::vector<Job>& jobs, const std::vector<Span>& spans) {
  return build_trace_tree(jobs, incident_now(), {spans, {trace}});
}

/// One line a node, indented by depth: a job's id with `=` and its span, a span as `~` and the first digit of its id,
/// then what ties it, and what is marked.
std::string outline(const TraceTree& tree) {
  std::string out;
  for (const TraceNode& node : tree.nodes) {
    out += std::string(node.depth, ' ');
    if (node.job) out += node.job->ref.id.raw();
    if (node.job && node.span)
      out += "=" + node.span->id.substr(0, 1) + "(" + std::string(to_word(*node.span_tie)) + ")";
    if (node.is_span_alone()) out += "~" + node.span->id.substr(0, 1);
    if (node.edge != TraceEdge::none) out += " <" + std::string(to_word(node.edge));
    if (node.attempt > 0) out += " #" + std::to_string(node.attempt);
    if (node.after_maker) out += " +" + std::to_string(node.after_maker->count());
    if (node.span_lag) out += " lag " + std::to_string(node.span_lag->count());
    if (node.skew) out += " skew " + std::to_string(node.skew->count());
    if (node.span_not_found) out += " no span";
    for (const TraceLink& link : node.links) out += " [" + std::string(to_word(link.use)) + "]";
    out += "\n";
  }
  return out;
}

}  // namespace

TEST_CASE("a request, its message, the job that took it, and what the job called") {
  const TraceTree tree = tree_of({job_at("job-1", 120, 300, 800)},
                                 {span(d, c, Span::Kind::client, 400, 600), span(a, "", Span::Kind::server, 0, 900),
                                  span(c, b, Span::Kind::consumer, 300, 800, {{"messaging.message.id", "job-1"}}),
                                  span(b, a, Span::Kind::producer, 100, 110, {{"messaging.message.id", "job-1"}})});
  CHECK(outline(tree) ==
        "~a\n"
        " ~b <child-span\n"
        "  job-1=c(attribute) <parent-span +200\n"
        "   ~d <child-span\n");
  CHECK(tree.totals.jobs == 1);
  CHECK(tree.totals.spans == 4);
  CHECK(tree.totals.missing == 0);
  CHECK(tree.first == incident_time(0));
  CHECK(tree.last == incident_time(900));
  CHECK(tree.critical_path == std::vector<std::size_t>{2});
}

TEST_CASE("a job is recognised by the attribute, else by the span id it stores, else by its parentage") {
  Job by_span = job_at("job-2", 120, 300, 800);
  by_span.trace.span_id = text("CCCCCCCCCCCCCCCC");
  Job by_parent = job_at("job-3", 120, 300, 800);
  by_parent.trace.parent_span_id = text(b);
  const std::vector<Span> spans{span(b, "", Span::Kind::producer, 100, 110),
                                span(c, b, Span::Kind::consumer, 300, 800)};
  CHECK(outline(tree_of({by_span}, spans)) == "~b\n job-2=c(span-id) <parent-span +200\n");
  CHECK(outline(tree_of({by_parent}, spans)) == "~b\n job-3=c(parentage) <parent-span +200\n");
  Job decimal = by_span;
  decimal.trace.span_id = text("14757395258967641292");
  CHECK(outline(tree_of({decimal}, spans)) == "~b\n job-2=c(span-id) <parent-span +200\n");
}

TEST_CASE("a stored span that made the job is its parent, whatever kind says so") {
  Job job = job_at("job-1", 120, 300, 800);
  job.trace.span_id = text(a);
  CHECK(outline(tree_of({job}, {span(a, "", Span::Kind::server, 0, 900)})) == "~a\n job-1 <parent-span +300 no span\n");
  job.trace.parent_span_id = text(a);
  CHECK(outline(tree_of({job}, {span(a, "", Span::Kind::internal, 0, 900)})) ==
        "~a\n job-1 <parent-span +300 no span\n");
}

TEST_CASE("several jobs of one maker take the spans nearest to their own starts") {
  Job first = job_at("job-1", 120, 1000, 1100), second = job_at("job-2", 121, 5000, 5100),
      third = job_at("job-3", 122, 60'000, 60'100);
  for (Job* job : {&first, &second, &third}) job->trace.parent_span_id = text(a);
  CHECK(outline(tree_of({first, second, third},
                        {span(a, "", Span::Kind::producer, 100, 200), span(c, a, Span::Kind::consumer, 5003, 5090),
                         span(b, a, Span::Kind::consumer, 1002, 1090)})) ==
        "~a\n"
        " job-1=b(parentage) <parent-span +902\n"
        " job-2=c(parentage) <parent-span +4903\n"
        " job-3 <parent-span +59900 no span\n");
}

TEST_CASE("several runs of a job are its tries, with what each of them did") {
  CHECK(outline(tree_of({job_at("job-1", 120, 4000, 4100)},
                        {span(c, a, Span::Kind::consumer, 4000, 4100, {{"job.id", "job-1"}}),
                         span(b, a, Span::Kind::consumer, 300, 800, {{"job.id", "job-1"}}),
                         span(d, b, Span::Kind::client, 400, 500), span(a, "", Span::Kind::server, 0, 200),
                         span(e, c, Span::Kind::internal, 4010, 4020, {{"job.id", "job-1"}})})) ==
        "~a\n"
        " job-1 <parent-span +300\n"
        "  ~b <attempt #1\n"
        "   ~d <child-span\n"
        "  ~c <attempt #2\n"
        "   ~e <child-span\n");
}

TEST_CASE("a job made inside another job's span stands below that span, and the path passes it over") {
  Job child = job_at("job-2", 500, 900, 1000);
  const TraceTree tree = tree_of({job_at("job-1", 120, 300, 800), child},
                                 {span(c, "", Span::Kind::consumer, 300, 800, {{"job.id", "job-1"}}),
                                  span(d, c, Span::Kind::producer, 490, 495, {{"job.id", "job-2"}})});
  CHECK(outline(tree) == "job-1=c(attribute)\n ~d <child-span\n  job-2 <parent-span +410 no span\n");
  CHECK(tree.critical_path == std::vector<std::size_t>{0, 2});
}

TEST_CASE("a job that depends on another stays below it; the span that made it is a further parent") {
  Job child = job_at("job-2", 500, 900, 1000);
  child.parents = {text("job-1")};
  CHECK(outline(tree_of({job_at("job-1", 120, 300, 800), child},
                        {span(d, "", Span::Kind::producer, 90, 95, {{"job.id", "job-2"}})})) ==
        "~d\njob-1 no span\n job-2 <dependency +810 no span [further]\n");
}

TEST_CASE("clocks that differ are said, not hidden") {
  CHECK(outline(tree_of({job_at("job-1", -3000, -2000, 800)},
                        {span(a, "", Span::Kind::producer, 0, 10), span(d, c, Span::Kind::client, 250, 280),
                         span(c, a, Span::Kind::consumer, 300, 800, {{"job.id", "job-1"}})})) ==
        "~a\n job-1=c(attribute) <parent-span +300 lag 2300 skew 3000\n  ~d <child-span skew 50\n");
}

TEST_CASE("jobs that have not run, or whose trace no store has, are not said to lack a span") {
  Job other = job_at("job-2", 120, 300, 800);
  other.trace.trace_id = text("0af7651916cd43dd8448eb211c80319c");
  const TraceTree tree = tree_of({job_at("job-1", 100), other}, {span(a, "", Span::Kind::server, 0, 900)});
  CHECK(tree.totals.spans_not_found == 0);
}

TEST_CASE("times that a row does not hold are its span's") {
  Job job = job_at("job-1", 120);
  job.state = JobState::completed;
  const TraceTree tree = tree_of({job}, {span(c, "", Span::Kind::consumer, 300, 800, {{"job.id", "job-1"}})});
  REQUIRE(tree.nodes.size() == 1);
  CHECK(tree.nodes[0].length(TraceSegment::Kind::waiting) == Milliseconds(180));
  CHECK(tree.nodes[0].length(TraceSegment::Kind::running) == Milliseconds(500));
}

TEST_CASE("short ids count only in their own queue") {
  const auto with_queue = [](const std::string& queue) {
    return span(c, "", Span::Kind::consumer, 300, 800,
                {{"messaging.message.id", "17"}, {"messaging.destination.name", queue}});
  };
  CHECK(outline(tree_of({job_at("17", 120, 300, 800)}, {with_queue("mail")})) == "17=c(attribute)\n");
  CHECK(outline(tree_of({job_at("17", 120, 300, 800)}, {with_queue("files")})) == "17 no span\n~c\n");
}

TEST_CASE("hostile spans: cycles, doubles, the same id twice, a parent of its own, no times") {
  Span timeless = span(f, "", Span::Kind::internal, 0, 0);
  timeless.begin.reset();
  timeless.end.reset();
  const Span client = span(e, "", Span::Kind::client, 10, 20);
  Span server = span(e, "", Span::Kind::server, 12, 18);
  server.service = text("stock");
  const TraceTree tree = tree_of({}, {span(a, b, Span::Kind::internal, 1, 2), span(b, a, Span::Kind::internal, 2, 3),
                                      span(c, c, Span::Kind::internal, 3, 4), span(d, "", Span::Kind::internal, 4, 5),
                                      span(d, "", Span::Kind::internal, 4, 5), client, server, timeless});
  CHECK(outline(tree) == "~a [cut]\n ~b <child-span\n~c\n~d\n~e\n ~e <child-span\n~f\n");
  CHECK(tree.totals.spans == 7);
  CHECK(tree.totals.without_times == 0);
  CHECK(tree.critical_path.empty());
}

TEST_CASE("the same jobs and spans give the same tree in any order") {
  std::vector<Span> spans{span(a, "", Span::Kind::server, 0, 900), span(b, a, Span::Kind::producer, 100, 110),
                          span(c, b, Span::Kind::consumer, 300, 800, {{"job.id", "job-1"}}),
                          span(d, c, Span::Kind::client, 300, 500), span(e, c, Span::Kind::client, 300, 500)};
  const std::string expected = outline(tree_of({job_at("job-1", 120, 300, 800)}, spans));
  while (std::ranges::next_permutation(spans, {}, &Span::id).found)
    CHECK(outline(tree_of({job_at("job-1", 120, 300, 800)}, spans)) == expected);
}
