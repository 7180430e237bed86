// Trees of traces: which job becomes whose child, what is marked, what comes out whatever the order.
#include <doctest/doctest.h>

#include <algorithm>
#include <random>
#include <string>

#include "tests/support/incident.hpp"
#include "tracing/trace_tree_builder.hpp"

using namespace queuetrace;
using queuetrace::testing::incident_job;
using queuetrace::testing::incident_jobs;
using queuetrace::testing::incident_now;
using queuetrace::testing::incident_time;

namespace {

Untrusted text(const std::string& value) { return Untrusted(value); }

Job job_at(const std::string& id, std::int64_t created) {
  Job job = incident_job(id, "q", "k", JobState::completed);
  job.created_at = incident_time(created);
  job.started_at = incident_time(created + 10);
  job.finished_at = incident_time(created + 20);
  return job;
}

/// `id <edge parent [use:edge parent]...`, one line a node, indented by depth.
std::string outline(const TraceTree& tree) {
  std::string out;
  const auto name = [&tree](std::size_t index) {
    const TraceNode& node = tree.nodes[index];
    return node.job ? node.job->ref.id.raw() : "!" + node.missing.id.raw();
  };
  for (std::size_t index = 0; index < tree.nodes.size(); ++index) {
    const TraceNode& node = tree.nodes[index];
    out += std::string(node.depth, ' ') + name(index);
    if (node.edge != TraceEdge::none) out += " <" + std::string(to_word(node.edge));
    for (const TraceLink& link : node.links)
      out +=
          " [" + std::string(to_word(link.use)) + ":" + std::string(to_word(link.edge)) + " " + name(link.parent) + "]";
    for (const Untrusted& id : node.not_found) out += " [gone " + id.raw() + "]";
    if (node.occurrences > 1) out += " #" + std::to_string(node.occurrence);
    out += "\n";
  }
  return out;
}

/// `kind queue milliseconds`, longest first.
std::string shares_of(const TraceTree& tree) {
  std::string out;
  for (const CriticalShare& share : critical_shares(tree)) {
    out += out.empty() ? "" : ", ";
    if (!share.node)
      out += "between ";
    else if (share.kind == TraceSegment::Kind::running)
      out += "running ";
    else
      out += std::string(to_word(share.kind)) + " " + tree.nodes[*share.node].job->queue->raw() + " ";
    out += std::to_string(std::chrono::duration_cast<Milliseconds>(share.length).count());
  }
  return out;
}

std::string outline_of(std::vector<Job> jobs) { return outline(build_trace_tree(std::move(jobs), incident_now())); }

}  // namespace

TEST_CASE("the incident becomes the same tree whatever the order of its jobs") {
  const std::string expected =
      "0b9e4d5e-6f0a-4c1b-9d2e-000000000001 <same-trace\n"
      " 0b9e4d5e-6f0a-4c1b-9d2e-000000000002 <dependency\n"
      "  0b9e4d5e-6f0a-4c1b-9d2e-000000000003 <dependency [implied:dependency 0b9e4d5e-6f0a-4c1b-9d2e-000000000001]\n"
      " 0b9e4d5e-6f0a-4c1b-9d2e-000000000004 <parent-job\n"
      "0b9e4d5e-6f0a-4c1b-9d2e-000000000006 <same-trace [cut:dependency 0b9e4d5e-6f0a-4c1b-9d2e-000000000007]\n"
      " 0b9e4d5e-6f0a-4c1b-9d2e-000000000007 <dependency\n"
      "job-7781 <same-trace\n"
      "!0b9e4d5e-6f0a-4c1b-9d2e-00000000dead\n"
      " 0b9e4d5e-6f0a-4c1b-9d2e-000000000005 <dependency\n"
      "0b9e4d5e-6f0a-4c1b-9d2e-000000000008 <same-trace\n";
  CHECK(outline_of(incident_jobs()) == expected);
  std::mt19937 random(7);
  for (int turn = 0; turn < 20; ++turn) {
    std::vector<Job> jobs = incident_jobs();
    std::shuffle(jobs.begin(), jobs.end(), random);
    CHECK(outline_of(std::move(jobs)) == expected);
  }
}

TEST_CASE("totals count jobs, queues, failures and time, and leave out what is not recorded") {
  const TraceTree tree = build_trace_tree(incident_jobs(), incident_now());
  CHECK(tree.totals.jobs == 9);
  CHECK(tree.totals.missing == 1);
  CHECK(tree.totals.queues == 8);
  CHECK(tree.totals.systems == std::vector<std::string>{"go-redis-work-queue", "hammerwork"});
  CHECK(tree.totals.sources == std::vector<std::string>{"files", "shop"});
  CHECK(tree.totals.failed == 1);
  CHECK(tree.totals.unfinished == 2);
  CHECK(tree.totals.without_times == 1);
  // 20 order + 200 payment + 12400 email + 100 inventory + 700 file + 100 audit
  CHECK(tree.totals.waiting == Milliseconds(13'520));
  // 330 + 800 + 300 + 300 + 5000 + 50
  CHECK(tree.totals.running == Milliseconds(6'780));
  CHECK(tree.first == incident_time(0));
  CHECK(tree.last == incident_time(15'900));  // the blocked pair does not stretch the time line
}

TEST_CASE("a job waits for what it depends on, and not for the job that made it") {
  Job parent = job_at("11111111-0000-4000-8000-000000000001", 0);
  parent.finished_at = incident_time(540'000);
  Job child = job_at("11111111-0000-4000-8000-000000000002", 0);
  child.started_at = incident_time(600'000);
  child.finished_at = incident_time(601'000);
  const auto child_of = [&](void (*tie)(Job&, const Untrusted&)) {
    Job tied = child;
    tie(tied, parent.ref.id);
    const TraceTree tree = build_trace_tree({parent, tied}, incident_now());
    REQUIRE(tree.nodes.size() == 2);
    REQUIRE(tree.nodes[1].parent);
    return tree.nodes[1];
  };
  for (const auto tie : {+[](Job&job, const Untrusted&id) { job.trace.parent_span_id = id; },
                         +[](Job&job, const Untrusted&id) { job.trace.causation_id = id; }}) {
    const TraceNode made = child_of(tie);
    CHECK(made.length(TraceSegment::Kind::waiting) == Milliseconds(600'000));
    CHECK_FALSE(made.length(TraceSegment::Kind::held));
  }
  const TraceNode dependent = child_of(+[](Job& job, const Untrusted& id) { job.parents = {id}; });
  CHECK(dependent.length(TraceSegment::Kind::waiting) == Milliseconds(60'000));
  CHECK(dependent.length(TraceSegment::Kind::held) == Milliseconds(540'000));
}

TEST_CASE("the critical path runs back from the last end through the dependency that finished last") {
  const TraceTree tree = build_trace_tree(incident_jobs(), incident_now());
  std::vector<std::string> path;
  for (const std::size_t index : tree.critical_path) path.push_back(tree.nodes[index].job->queue->raw());
  CHECK(path == std::vector<std::string>{"orders", "payments", "email"});
  Timestamp at = incident_time(0);
  for (const CriticalStretch& stretch : tree.critical_stretches) {
    CHECK(stretch.begin == at);
    at = stretch.end;
  }
  CHECK(at == incident_time(15'900));
  CHECK(shares_of(tree) ==
        "waiting email 12400, unknown payments 1850, running 1430, waiting payments 200, waiting orders 20");
}

TEST_CASE("a job that is made later leaves a gap, and one that runs beside its maker takes over at its creation") {
  Job first = job_at("first", 0);
  Job second = job_at("second-by-causation", 15);
  second.trace.causation_id = text("first");
  Job third = job_at("third-by-causation", 135);
  third.trace.causation_id = text("second-by-causation");
  const TraceTree tree = build_trace_tree({first, second, third}, incident_now());
  CHECK(shares_of(tree) == "between 100, waiting q 30, running 25");
}

TEST_CASE("while something runs, a job that is held is not what the trace waits for") {
  Job runs = job_at("runs", 0);
  runs.state = JobState::running;
  runs.finished_at.reset();
  Job held = job_at("held", 5);
  held.state = JobState::blocked;
  held.started_at.reset();
  held.finished_at.reset();
  held.parents = {text("runs")};
  const TraceTree tree = build_trace_tree({runs, held}, incident_time(1000));
  REQUIRE(tree.critical_path.size() == 1);
  CHECK(tree.nodes[tree.critical_path.front()].job->ref.id.raw() == "runs");
  CHECK(tree.nodes[1].length(TraceSegment::Kind::held) == Milliseconds(995));
}

TEST_CASE("the most telling fact chooses the parent, the others stay marked") {
  Job a = job_at("a-long-enough-identifier", 0);
  Job b = job_at("b-long-enough-identifier", 1);
  b.trace.span_id = text("00f067aa0ba902b7");
  Job c = job_at("c-long-enough-identifier", 2);
  c.trace.parent_span_id = text("00f067aa0ba902b7");
  c.trace.causation_id = text("a-long-enough-identifier");
  CHECK(outline_of({a, b, c}) ==
        "a-long-enough-identifier <same-trace\n"
        "b-long-enough-identifier <same-trace\n"
        " c-long-enough-identifier <parent-span [further:causation a-long-enough-identifier]\n");
}

TEST_CASE("a span that several jobs carry, or that a job only copied from its maker, is nobody's own") {
  Job first = job_at("first", 0);
  first.trace.span_id = text("00f067aa0ba902b7");
  Job second = job_at("second", 1);
  second.trace.span_id = text("00f067aa0ba902b7");
  Job child = job_at("child", 2);
  child.trace.parent_span_id = text("00f067aa0ba902b7");
  CHECK(outline_of({first, second, child}) == "first <same-trace\nsecond <same-trace\nchild <same-trace\n");
  first.trace.parent_span_id = text("00f067aa0ba902b7");
  CHECK(outline_of({first, child}) == "first <same-trace\nchild <same-trace\n");
}

TEST_CASE("numbers name jobs of their own store only; a parent span that is no job makes no placeholder") {
  Job other = job_at("17", 0);
  other.ref.source = "elsewhere";
  Job child = job_at("18", 1);
  child.parents = {text("17")};
  child.trace.parent_span_id = text("aaaaaaaaaaaaaaaa");
  CHECK(outline_of({other, child}) == "17 <same-trace\n!17\n 18 <dependency\n");
  other.ref.source = "shop";
  CHECK(outline_of({other, child}) == "17\n 18 <dependency\n");
}

TEST_CASE("children of the same missing parent stand together") {
  Job one = job_at("one", 5);
  Job two = job_at("two", 3);
  one.parents = two.parents = {text("gone")};
  one.trace.causation_id = text("also-gone");
  CHECK(outline_of({one, two}) == "!gone\n two <dependency\n one <dependency [gone also-gone]\n");
  Job parent = job_at("parent", 0);
  one.parents = {text("parent"), text("gone")};
  CHECK(outline_of({one, parent}) == "parent\n one <dependency [gone gone] [gone also-gone]\n");
}

TEST_CASE("dense groups are drawn by their transitive reduction") {
  std::vector<Job> jobs;
  for (int at = 0; at < 5; ++at) {
    jobs.push_back(job_at("step" + std::to_string(at), at * 100));
    for (int before = 0; before < at; ++before) jobs.back().parents.push_back(text("step" + std::to_string(before)));
  }
  const TraceTree tree = build_trace_tree(jobs, incident_now());
  for (std::size_t at = 1; at < 5; ++at) {
    CHECK(tree.nodes[at].parent == at - 1);
    CHECK(tree.nodes[at].links.size() == at - 1);
    for (const TraceLink& link : tree.nodes[at].links) CHECK(link.use == TraceLink::Use::implied);
  }
}

TEST_CASE("cycles are cut once: of two, of three, of one job with itself") {
  Job self = job_at("self", 0);
  self.parents = {text("self")};
  CHECK(outline_of({self}) == "self [cut:dependency self]\n");
  Job a = job_at("a", 0), b = job_at("b", 1), c = job_at("c", 2);
  a.parents = {text("c")};
  b.parents = {text("a")};
  c.parents = {text("b")};
  CHECK(outline_of({c, b, a}) == "a [cut:dependency c]\n b <dependency\n  c <dependency\n");
}

TEST_CASE("the same job twice is one node; with other facts both stay, marked") {
  Job job = job_at("twice", 0);
  CHECK(outline_of({job, job}) == "twice\n");
  Job listed_again = job;
  listed_again.queue = text("processing");
  listed_again.state = JobState::running;
  CHECK(outline_of({job, listed_again}) == "twice <same-trace #1\ntwice <same-trace #2\n");
}

TEST_CASE("workflow steps follow each other where nothing else is known") {
  const auto step = [](const std::string& id, std::int64_t created, const std::string& number) {
    Job job = job_at(id, created);
    job.trace = {};
    job.workflow_id = text("wf-1");
    job.extra = {{"current_step", text(number)}};
    return job;
  };
  CHECK(outline_of({step("c", 20, "3"), step("a", 0, "1"), step("b", 10, "2"), step("x", 30, "oops")}) ==
        "a <same-workflow\n b <workflow-step\n  c <workflow-step\nx <same-workflow\n");
}

TEST_CASE("spellings of one trace tie jobs, placeholders do not") {
  Job one = job_at("one", 0);
  Job two = job_at("two", 1);
  for (Job* job : {&one, &two}) job->trace.correlation_id.reset();
  two.trace.trace_id = text("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01");
  CHECK(outline_of({one, two}) == "one <same-trace\ntwo <same-trace\n");
  one.trace.trace_id = two.trace.trace_id = text("temp-trace-id");
  one.trace.status = two.trace.status = TraceStatus::placeholder;
  CHECK(outline_of({one, two}) == "one\ntwo\n");
  one.trace.span_id = two.trace.parent_span_id = text("temp-span-id");
  CHECK(outline_of({one, two}) == "one\ntwo\n");
  one.trace.status = two.trace.status = TraceStatus::opaque;
  two.trace.trace_id = text("another");
  one.trace.span_id = two.trace.parent_span_id = text("0000000000000000");
  CHECK(outline_of({one, two}) == "one\ntwo\n");
  one.trace.span_id = two.trace.parent_span_id = text("00f067aa0ba902b7");
  CHECK(outline_of({one, two}) == "one\n two <parent-span\n");
}

TEST_CASE("a child that is older than its maker shows how far the clocks differ") {
  Job parent = job_at("parent-long-enough-id", 500);
  Job child = job_at("child", 100);
  child.trace.causation_id = text("parent-long-enough-id");
  const TraceTree tree = build_trace_tree({parent, child}, incident_now());
  CHECK(tree.nodes[1].skew == Milliseconds(400));
}

TEST_CASE("hiding by depth counts what is left out and keeps the totals") {
  TraceTree tree = build_trace_tree(incident_jobs(), incident_now());
  hide_below(tree, 0);
  CHECK(tree.nodes[0].hidden_below == 3);
  CHECK(tree.nodes[1].hidden);
  CHECK(tree.totals.jobs == 9);
  CHECK_FALSE(tree.nodes[4].hidden);
}

TEST_CASE("a chain of 10,000 jobs and no jobs at all are trees too") {
  std::vector<Job> chain;
  for (int at = 0; at < 10'000; ++at) {
    chain.push_back(job_at("job" + std::to_string(at), at));
    if (at > 0) chain.back().parents = {text("job" + std::to_string(at - 1))};
  }
  const TraceTree tree = build_trace_tree(std::move(chain), incident_now());
  CHECK(tree.nodes.back().depth == 9'999);
  CHECK(tree.critical_path.size() == 10'000);
  CHECK(build_trace_tree({}, incident_now()).nodes.empty());
}
