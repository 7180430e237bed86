// Every system: each filter finds exactly the jobs whose listed facts match it, and all stop at their bound.
#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>

#include "model/letter_case.hpp"
#include "tests/conformance/fixture.hpp"
#include "tracing/trace_id.hpp"

using namespace queuetrace;
using namespace queuetrace::test;

namespace {

using Matches = std::function<bool(const Job&)>;

/// A loaded fixture with all of its jobs, and the check that a filter agrees with a predicate over them.
struct Filtering {
  explicit Filtering(const Fixture& fixture) : loaded(loaded_for_reading(fixture)) {
    JobQuery query;
    query.payload = true;
    query.page_size = 1000;
    jobs = list_all(loaded.store(), query);
  }

  /// Whether our word for the state finds the job. A word that the library has for another state finds what it calls
  /// so, too: `failed` of one whose failed jobs are dead, `pending` of one whose pending jobs are held.
  bool is_called(const Job& job, JobState state) {
    const std::string word(to_word(state));
    const auto mappings = loaded.store().system().states;
    const bool means_other = std::ranges::none_of(mappings, [&](const StateMapping& mapping) {
      return equal_ignoring_case(mapping.native, word) && mapping.state == state;
    });
    return job.state == state ||
           (means_other && job.native_state && equal_ignoring_case(job.native_state->raw(), word));
  }

  void check(const JobFilter& filter, const Matches& matches) {
    JobQuery query;
    query.filter = filter;
    query.page_size = 4;
    std::vector<std::string> expected;
    for (const Job& job : jobs)
      if (matches(job)) expected.push_back(job.ref.id.raw());
    CHECK(joined(sorted(ids_of(list_all(loaded.store(), query)))) == joined(sorted(expected)));
  }

  LoadedFixture& loaded;
  std::vector<Job> jobs;
};

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

TEST_CASE("times bound from below inclusively and from above exclusively") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    for (const Job& job : filtering.jobs) {
      if (!job.created_at || *job.created_at == infinite_future || *job.created_at == infinite_past) continue;
      JobFilter since, until;
      since.since = job.created_at;
      until.until = job.created_at;
      filtering.check(since,
                      [&](const Job& other) { return other.created_at && *other.created_at >= *job.created_at; });
      filtering.check(until, [&](const Job& other) { return other.created_at && *other.created_at < *job.created_at; });
    }
  }
}

TEST_CASE("times of ended jobs are about their end, else the last that is known") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    const auto ended = [](const Job& job) {
      return job.finished_at ? job.finished_at : job.started_at ? job.started_at : job.created_at;
    };
    for (const Job& job : filtering.jobs) {
      const std::optional<Timestamp> time = ended(job);
      // What runs now, or is read by how long it has to live, has another start at each look.
      if (!time || !is_finished(job.state) || *time == infinite_future || *time == infinite_past) continue;
      CAPTURE(job.ref.id.raw());
      JobFilter since, until;
      for (JobFilter* filter : {&since, &until}) {
        filter->time_field = TimeField::ended;
        for (const JobState state : all_job_states)
          if (is_finished(state)) filter->states.push_back({state, std::string(to_word(state))});
      }
      since.since = time;
      until.until = time;
      const auto is_called_ended = [&](const Job& other) {
        return std::ranges::any_of(
            all_job_states, [&](JobState state) { return is_finished(state) && filtering.is_called(other, state); });
      };
      filtering.check(since, [&](const Job& other) { return is_called_ended(other) && ended(other) >= time; });
      filtering.check(until,
                      [&](const Job& other) { return is_called_ended(other) && ended(other) && ended(other) < time; });
    }
  }
}

TEST_CASE("jobs that are due: their time has come, or they have none") {
  for (const Fixture& fixture : all_fixtures()) {
    CAPTURE(fixture.name);
    Filtering filtering(fixture);
    std::set<Timestamp> times{Timestamp{}};
    for (const Job& job : filtering.jobs)
      if (job.scheduled_at) times.insert(*job.scheduled_at);
    for (const Timestamp time : times) {
      JobFilter filter;
      filter.time_field = TimeField::due;
      filter.until = time + std::chrono::microseconds(1);
      filtering.check(filter, [&](const Job& job) { return !job.scheduled_at || *job.scheduled_at <= time; });
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
