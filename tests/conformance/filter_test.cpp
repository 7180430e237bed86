// Every system: each filter finds exactly the jobs whose listed facts match it, and all stop at their bound.
#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/conformance/filtering.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

template <typename Fact>
std::set<std::string> distinct(const std::vector<Job>& jobs, Fact fact) {
  std::set<std::string> texts;
  for (const Job& job : jobs)
    if (const std::optional<Untrusted>& text = fact(job); text && !text->empty()) texts.insert(text->raw());
  return texts;
}

/// The job's own trace id, or another one that it carries.
bool carries(const Job& job, const TraceQuery& query) {
  return (job.trace.trace_id && matches(query, job.trace.trace_id->raw())) ||
         std::ranges::any_of(job.trace.further_trace_ids,
                             [&](const Untrusted& id) { return matches(query, id.raw()); });
}

bool equals(const std::optional<Untrusted>& fact, const std::string& text) { return fact && fact->raw() == text; }

}  // namespace

TEST_CASE("trace ids are found in every spelling") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    std::set<std::string> texts = distinct(filtering.jobs, [](const Job& job) { return job.trace.trace_id; });
    for (const Job& job : filtering.jobs)
      for (const Untrusted& further : job.trace.further_trace_ids) texts.insert(further.raw());
    for (const std::string& text : texts) {
      CAPTURE(text);
      const ParsedTraceId parsed = parse_trace_id(text);
      if (!parsed.error.empty()) continue;
      std::vector<std::string> typed{text};
      if (!parsed.canonical.empty()) {
        typed.push_back(parsed.canonical);
        typed.push_back("00-" + parsed.canonical + "-b7ad6b7169203331-01");
      }
      for (const std::string& spelling : typed) {
        CAPTURE(spelling);
        const TraceQuery query = make_trace_query(spelling);
        JobFilter filter;
        filter.traces.push_back(query);
        filtering.check(filter, [&](const Job& job) { return carries(job, query); });
      }
    }
    JobFilter none;
    none.traces.push_back(make_trace_query("deadbeefdeadbeefdeadbeefdeadbeef"));
    filtering.check(none, [](const Job&) { return false; });
  }
}

TEST_CASE("one question for several kinds of ids finds what the single questions find") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    for (const Job& first : filtering.jobs) {
      for (const Job& second : filtering.jobs) {
        if (!first.trace.trace_id || !second.trace.correlation_id || first.ref.id.empty()) continue;
        const std::string& stored = first.trace.trace_id->raw();
        if (!parse_trace_id(stored).error.empty() || first.ref.id == second.ref.id) continue;
        CAPTURE(first.ref.id.raw());
        CAPTURE(second.ref.id.raw());
        JobFilter filter;
        filter.any_of.resize(4);
        filter.any_of[0].traces = {make_trace_query(stored)};
        filter.any_of[1].correlation_ids = {second.trace.correlation_id->raw()};
        filter.any_of[2].ids = {filtering.jobs.back().ref.id.raw()};
        filter.any_of[3].ids = {"no-job-of-this-id"};
        filtering.check(filter, [&](const Job& job) {
          return (job.trace.trace_id && matches(filter.any_of[0].traces[0], job.trace.trace_id->raw())) ||
                 equals(job.trace.correlation_id, second.trace.correlation_id->raw()) ||
                 job.ref.id == filtering.jobs.back().ref.id;
        });
        filter.queues = {"no-queue-of-this-name"};
        filtering.check(filter, [](const Job&) { return false; });
        break;  // one partner for each job is enough
      }
    }
    JobFilter none;
    none.any_of.resize(2);
    none.any_of[0].traces = {make_trace_query("deadbeefdeadbeefdeadbeefdeadbeef")};
    none.any_of[1].ids = {"deadbeef-dead-beef-dead-beefdeadbeef"};
    filtering.check(none, [](const Job&) { return false; });
  }
}

TEST_CASE("identifiers other than the trace id are matched exactly") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    for (const std::string& text : distinct(filtering.jobs, [](const Job& job) { return job.trace.correlation_id; })) {
      JobFilter filter;
      filter.correlation_ids = {text};
      filtering.check(filter, [&](const Job& job) { return equals(job.trace.correlation_id, text); });
    }
    for (const std::string& text : distinct(filtering.jobs, [](const Job& job) { return job.trace.parent_span_id; })) {
      JobFilter filter;
      filter.span_ids = {text};
      filtering.check(filter, [&](const Job& job) {
        return equals(job.trace.parent_span_id, text) || equals(job.trace.span_id, text);
      });
    }
    for (const Job& wanted : filtering.jobs) {
      const std::string id = wanted.ref.id.raw();
      if (id.empty()) continue;
      CAPTURE(id);
      JobFilter whole;
      whole.ids = {id};
      filtering.check(whole, [&](const Job& job) { return job.ref.id.raw() == id; });
    }
    for (const std::string& text : distinct(filtering.jobs, [](const Job& job) { return job.worker; })) {
      if (text.find_first_of("*?[") != std::string::npos) continue;  // a pattern otherwise
      JobFilter filter;
      filter.workers = {text};
      filtering.check(filter, [&](const Job& job) { return equals(job.worker, text); });
    }
    for (const std::string& text : distinct(filtering.jobs, [](const Job& job) { return job.tenant; })) {
      JobFilter filter;
      filter.tenants = {text};
      filtering.check(filter, [&](const Job& job) { return equals(job.tenant, text); });
    }
    for (const std::string& text : distinct(filtering.jobs, [](const Job& job) { return job.workflow_id; })) {
      JobFilter filter;
      filter.workflows = {text};
      filtering.check(filter, [&](const Job& job) { return equals(job.workflow_id, text); });
    }
  }
}

TEST_CASE("jobs are found by what they were made by or depend on") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    if (filtering.loaded.store().capabilities().links == Lookup::unsupported) continue;
    std::set<std::string> origins = distinct(filtering.jobs, [](const Job& job) { return job.trace.causation_id; });
    for (const Job& job : filtering.jobs)
      for (const Untrusted& parent : job.parents) origins.insert(parent.raw());
    for (const std::string& text : origins) {
      CAPTURE(text);
      JobFilter filter;
      filter.parents = {text};
      filtering.check(filter, [&](const Job& job) {
        return equals(job.trace.causation_id, text) ||
               std::find(job.parents.begin(), job.parents.end(), Untrusted(text)) != job.parents.end();
      });
    }
    for (const std::string& text : distinct(filtering.jobs, [](const Job& job) { return job.batch_id; })) {
      JobFilter filter;
      filter.batches = {text};
      filtering.check(filter, [&](const Job& job) { return equals(job.batch_id, text); });
    }
  }
}

TEST_CASE("states part the jobs: ours and the system's own words") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    for (const JobState state : all_job_states) {
      CAPTURE(to_word(state));
      JobFilter filter;
      const std::string word(to_word(state));
      filter.states.push_back({state, word});
      filtering.check(filter, [&](const Job& job) { return filtering.is_called(job, state); });
    }
    JobFilter two;
    two.states = {{JobState::dead, "dead"}, {JobState::running, "running"}};
    filtering.check(two, [](const Job& job) { return job.state == JobState::dead || job.state == JobState::running; });
  }
}

TEST_CASE("queues and kinds are matched whole and by glob") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    for (const std::string& text : distinct(filtering.jobs, [](const Job& job) { return job.queue; })) {
      CAPTURE(text);
      JobFilter whole;
      std::string quoted;
      for (const char c : text) quoted += (c == '*' || c == '?' || c == '\\' ? "\\" : "") + std::string(1, c);
      whole.queues = {quoted};
      filtering.check(whole, [&](const Job& job) { return equals(job.queue, text); });
      JobFilter glob;
      const std::string pattern = text.substr(0, 2) + "*";
      if (pattern.find_first_of("?\\") != std::string::npos || pattern.find('*') != pattern.size() - 1) continue;
      glob.queues = {pattern};
      filtering.check(glob, [&](const Job& job) { return job.queue && matches_glob(pattern, job.queue->raw()); });
    }
    for (const std::string& text : distinct(filtering.jobs, [](const Job& job) { return job.kind; })) {
      if (is_glob(text)) continue;
      JobFilter filter;
      filter.kinds = {text};
      filtering.check(filter, [&](const Job& job) { return equals(job.kind, text); });
    }
  }
}

TEST_CASE("errors are matched by a part of their text without regard to case") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    for (const std::string& text : distinct(filtering.jobs, [](const Job& job) { return job.error; })) {
      if (text.size() < 6) continue;
      std::string part = text.substr(1, 5);
      JobFilter filter;
      for (char& c : part) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
      filter.errors = {part};
      filtering.check(filter, [&](const Job& job) {
        if (!job.error) return false;
        std::string upper = job.error->raw();
        for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
        return upper.find(part) != std::string::npos;
      });
    }
  }
}

TEST_CASE("different filters and, values of one filter or") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    const std::set<std::string> queues = distinct(filtering.jobs, [](const Job& job) { return job.queue; });
    for (const std::string& queue : queues) {
      if (is_glob(queue)) continue;
      JobFilter filter;
      filter.queues = {queue, "no such queue"};
      filter.states = {{JobState::pending, "pending"}, {JobState::completed, "completed"}};
      filtering.check(filter, [&](const Job& job) {
        return equals(job.queue, queue) &&
               (filtering.is_called(job, JobState::pending) || filtering.is_called(job, JobState::completed));
      });
    }
  }
}
