// No row of the tables about what runs next, what is wrong and what would be changed is wider than its terminal.
#include <doctest/doctest.h>

#include "formatters/doctor_record.hpp"
#include "formatters/found_trace_record.hpp"
#include "formatters/job_screen.hpp"
#include "formatters/peek_overview.hpp"
#include "formatters/peek_record.hpp"
#include "formatters/plan_queue_record.hpp"
#include "formatters/plan_record.hpp"
#include "formatters/report_record.hpp"
#include "formatters/store_check_record.hpp"
#include "formatters/system_record.hpp"
#include "tests/unit/formatters/every_width.hpp"
#include "tests/unit/formatters/hard_texts.hpp"

using namespace queuetrace;
using namespace queuetrace::testing;

namespace {

/// Each twentieth width: names that nothing caps take long to fit.
void check_some_widths(const Heading& heading, const std::vector<Record>& records) {
  check_widths(heading, records, 60, 20);
}

constexpr const char* sentence =
    "its batch is still open and could never finish without it, as its worker is gone; it can be forced";

Job hard_job(const std::string& text, std::size_t index) {
  Job job = full_job();
  job.ref = {index % 3 == 0 ? "shop" : "files-of-the-other-region",
             Untrusted("5d5bca46-1111-4222-8333-" + std::to_string(100'000'000'000 + index))};
  if (index % 5 == 0) job.ref.id = Untrusted("repeat:" + text + std::to_string(index));
  job.queue = Untrusted(text);
  job.kind = Untrusted("kind of " + text);
  job.error = Untrusted("because of " + text);
  job.state = all_job_states[index % all_job_states.size()];
  job.attempts = 12'345;
  job.scheduled_at = now + std::chrono::hours(index * 50);
  return job;
}

PeekQueue hard_queue(const std::string& text, std::size_t index) {
  PeekQueue queue;
  queue.queue = Untrusted(text);
  queue.next = {hard_job(text, index), hard_job(text, index + 100)};
  queue.waiting = {{"scheduled", "their time has not come", 123'456, true, now + std::chrono::hours(99), {}},
                   {"dependency-unknown", sentence, std::nullopt, false, {}, Untrusted(text)},
                   {"retrying-state", sentence, 3, false, {}, {}}};
  if (index % 4 == 1) queue.pause = QueuePause{now - std::chrono::hours(99'999), Untrusted(text), Untrusted(text)};
  return queue;
}

}  // namespace

TEST_CASE("what workers take next, and why not, fits terminals of 60 to 200 columns") {
  std::vector<Record> next, held, overview;
  for (const std::string& text : hard_texts()) {
    const PeekQueue queue = hard_queue(text, overview.size());
    const std::string source = overview.size() % 2 == 0 ? "shop" : "files-of-the-other-region/go-redis-work-queue";
    for (const Job& job : queue.next) next.push_back(peek_record(queue, job, 1'000, {}, now));
    for (const Waiting& waiting : queue.waiting) held.push_back(waiting_record(source, queue, waiting));
    overview.push_back(peek_overview_record(source, queue, Exactness::at_least));
  }
  for (const bool several : {false, true}) {
    check_some_widths(
        {"queuetrace.peek/1", "jobs", peek_columns(), Heading::Layout::list, "ref", &peek_table(), several}, next);
    check_some_widths({"queuetrace.waiting/1", "waiting", waiting_columns(), Heading::Layout::list, "queue",
                       &waiting_table(), several},
                      held);
    check_some_widths({"queuetrace.peek_overview/1", "queues", peek_overview_columns(), Heading::Layout::list, "queue",
                       &peek_overview_table(), several},
                      overview);
  }
}

TEST_CASE("plans and reports fit terminals of 60 to 200 columns") {
  std::vector<Record> targets, reports, queues, counts;
  for (const std::string& text : hard_texts()) {
    const std::size_t index = targets.size();
    Target target;
    target.job = hard_job(text, index);
    target.verdict = index % 2 == 0 ? Verdict::act : Verdict::skip;
    if (index % 2 == 1) target.reason = sentence;
    if (index % 3 == 0) target.effect = "3 waiting dependents fail with it, and its workflow is cancelled as a whole";
    TargetReport report;
    report.id = target.job.ref.id;
    if (index % 2 == 0) report.set(Outcome::failed, sentence, Untrusted(text));
    targets.push_back(plan_record(target));
    reports.push_back(report_record(target, report));
    counts.push_back(count_record("skipped", sentence, 123'456));
    const Untrusted name(text);
    queues.push_back(plan_queue_record({name, 123'456, now - std::chrono::hours(9'999), now,
                                        std::pair{Untrusted("says " + text), std::uint64_t{12'345}}}));
  }
  queues.push_back(plan_rest_record("22 more queues", 1'234'567));
  check_some_widths({"queuetrace.targets/1", "targets", plan_columns(), Heading::Layout::list, "ref", &plan_table()},
                    targets);
  check_some_widths({"queuetrace.report/1", "jobs", report_columns(), Heading::Layout::list, "ref", &report_table()},
                    reports);
  check_some_widths(
      {"queuetrace.targets/1", "queues", plan_queue_columns(), Heading::Layout::list, "queue", &plan_queue_table()},
      queues);
  check_some_widths({"queuetrace.targets/1", "counts", verdict_count_columns()}, counts);
}

TEST_CASE("findings, checks of stores, systems and the screen of a job fit terminals of 60 to 200 columns") {
  std::vector<Record> findings, jobs, systems;
  StoreCheck check;
  check.server = "PostgreSQL 15.18";
  check.version = "schema 021, dialect C";
  for (const std::string& text : hard_texts()) {
    Finding finding{Finding::Severity::warning, "index on " + std::string(40, 't'), sentence, sentence, "waiting"};
    finding.count = Count{123'456, Exactness::estimated};
    finding.queues = {{Untrusted(text), 99'999}, {Untrusted("of " + text), 9}};
    finding.names = {Untrusted(text)};
    findings.push_back(doctor_record("files-of-the-other-region", "hammerwork", finding));
    check.findings.push_back(finding);
    FormatterOptions options;
    options.now = now;
    Job job = full_job();  // whose names and ids stay whole in a block, to be pasted, as its payload does
    job.payload.reset();
    job.result.reset();
    job.error = Untrusted("because of " + text);
    jobs.push_back(job_screen_record(job, {}, options));
  }
  const std::array states{StateMapping{"Pending", JobState::failed, sentence}};
  SystemInfo system;
  system.name = "bullmq-postgresql";
  system.title = "BullMQ";
  system.summary = system.versions = system.storage = system.order = system.trace = system.limits = sentence;
  system.states = states;
  systems.push_back(system_record(system));
  for (const bool several : {false, true})
    check_some_widths(
        {"queuetrace.doctor/1", "findings", doctor_columns(), Heading::Layout::list, "code", &doctor_table(), several},
        findings);
  check_some_widths({"queuetrace.checks/1", "checks", store_check_columns(), Heading::Layout::detail},
                    {store_check_record("shop", "hammerwork", check)});
  check_some_widths(
      {"queuetrace.systems/1", "systems", system_columns(), Heading::Layout::list, "name", &system_table()}, systems);
  check_some_widths({"queuetrace.systems/1", "systems", system_columns(), Heading::Layout::detail}, systems);
  check_some_widths({"queuetrace.jobs/1", "jobs", job_screen_columns(), Heading::Layout::detail}, jobs);
}

TEST_CASE("traces that a viewer found fit terminals of 60 to 200 columns") {
  std::vector<Record> traces;
  for (const std::string& text : hard_texts())
    traces.push_back({{"trace_id", Untrusted("7c1e9d54b8a24f0f9e3d6a1b52c8704d")},
                      {"name", Untrusted(text)},
                      {"service", Untrusted("service of " + text)},
                      {"begin", now - std::chrono::hours(9'999)},
                      {"duration_ms", Milliseconds(86'399'000)},
                      {"spans", std::int64_t{123'456}},
                      {"errors", std::int64_t{12'345}}});
  check_some_widths(found_traces_heading(), traces);
}
