// The other records: exact JSON, and columns that name every field.
#include <doctest/doctest.h>

#include <sstream>
#include <string>

#include "formatters/job_record.hpp"
#include "formatters/peek_record.hpp"
#include "formatters/source_record.hpp"
#include "formatters/statistics_record.hpp"
#include "formatters/store_check_record.hpp"
#include "formatters/system_record.hpp"

using namespace queuetrace;

namespace {

const Timestamp now = *parse_timestamp("2026-01-02T03:04:05.678Z");

/// The record as one JSON line; checks that it and its columns name the same fields.
std::string json(const Record& record, std::span<const Column> columns) {
  CHECK(record.size() == columns.size());
  for (const Field& field : record) {
    CAPTURE(field.name);
    CHECK(std::count_if(columns.begin(), columns.end(), [&](const Column& each) { return each.field == field.name; }) ==
          1);
  }
  std::ostringstream out;
  const auto formatter = find_output_format("jsonl")->make(out, {});
  formatter->begin({"s", "k", columns});
  formatter->row(record);
  formatter->end({});
  return out.str();
}

QueueStatistics email() {
  QueueStatistics queue;
  queue.queue = Untrusted("email");
  queue.states = {{JobState::pending, {10, Exactness::exact}, now - std::chrono::seconds(90), now},
                  {JobState::retrying, {2, Exactness::at_least}, now - std::chrono::hours(1), {}},
                  {JobState::running, {1, Exactness::exact}, now - std::chrono::hours(9), {}},
                  {JobState::dead, {4, Exactness::exact}, {}, {}}};
  return queue;
}

}  // namespace

TEST_CASE("a queue's statistics, with what is unknown left out") {
  QueueStatistics queue = email();
  CHECK(
      json(queue_statistics_record("prod", "hammerwork", queue, now), queue_statistics_columns()) ==
      R"~({"source":"prod","system":"hammerwork","queue":"email","total":17,"total_exactness":"at_least","waiting":12,"running":1,"failed":4,"oldest_age_ms":3600000,"states":[{"state":"pending","count":10,"count_exactness":"exact","oldest_at":"2026-01-02T03:02:35.678Z","oldest_age_ms":90000,"newest_at":"2026-01-02T03:04:05.678Z"},{"state":"retrying","count":2,"count_exactness":"at_least","oldest_at":"2026-01-02T02:04:05.678Z","oldest_age_ms":3600000},{"state":"running","count":1,"count_exactness":"exact","oldest_at":"2026-01-01T18:04:05.678Z","oldest_age_ms":32400000},{"state":"dead","count":4,"count_exactness":"exact"}]}
)~");
  queue.states.clear();
  queue.paused = true;
  queue.stale = Count{3, Exactness::estimated};
  queue.completed_per_minute = 1.5;
  queue.wait = Percentiles{7, Milliseconds(1), Milliseconds(2), Milliseconds(3), Milliseconds(4)};
  queue.coverage = TraceCoverage{3, 1, 1, 0, 1, true};
  queue.notes = {"rates over 60 s"};
  CHECK(
      json(queue_statistics_record("prod", "hammerwork", queue, {}), queue_statistics_columns()) ==
      R"~({"source":"prod","system":"hammerwork","queue":"email","paused":true,"total":0,"total_exactness":"exact","waiting":0,"running":0,"failed":0,"stale":3,"stale_exactness":"estimated","completed_per_minute":1.5,"wait_samples":7,"wait_p50_ms":1,"wait_p95_ms":2,"wait_p99_ms":3,"wait_max_ms":4,"trace_examined":3,"trace_w3c":1,"trace_opaque":1,"trace_placeholder":0,"trace_absent":1,"trace_sampled":true,"trace_percent":33.3,"states":[],"notes":["rates over 60 s"]}
)~");
}

TEST_CASE("one state of a queue") {
  const QueueStatistics queue = email();
  CHECK(
      json(state_statistics_record("prod", "hammerwork", queue, queue.states[1], now), state_statistics_columns()) ==
      R"~({"source":"prod","system":"hammerwork","queue":"email","state":"retrying","count":2,"count_exactness":"at_least","oldest_at":"2026-01-02T02:04:05.678Z","oldest_age_ms":3600000}
)~");
}

TEST_CASE("what is taken next, and what waits") {
  PeekQueue queue;
  queue.queue = Untrusted("email");
  queue.exact = false;
  Job job;
  job.ref = {"prod", Untrusted("1")};
  job.system = "asynq";
  CHECK(
      json(peek_record(queue, job, 1, {}, {}), peek_columns()) ==
      R"~({"position":1,"order_exact":false,"ref":"prod/1","source":"prod","system":"asynq","id":"1","queue":"email","state":"unknown","trace_status":"absent"}
)~");
  Waiting waiting{"scheduled", "due later", 3, true, now, Untrusted("9")};
  CHECK(
      json(waiting_record("prod", queue, waiting), waiting_columns()) ==
      R"~({"source":"prod","queue":"email","reason":"scheduled","count":3,"count_exactness":"at_least","earliest_at":"2026-01-02T03:04:05.678Z","sample":"9","explanation":"due later"}
)~");
}

TEST_CASE("a check with its findings") {
  StoreCheck check;
  check.server = "Redis 7.0.15";
  check.latency = Milliseconds(2);
  check.capabilities.trace = Lookup::scanned;
  check.findings = {{Finding::Severity::warning, "trace index", "missing", "CREATE INDEX ..."}};
  CHECK(
      json(store_check_record("prod", "rq", check), store_check_columns()) ==
      R"~({"source":"prod","system":"rq","server":"Redis 7.0.15","latency_ms":2,"lookup_trace":"scanned","lookup_correlation":"unsupported","lookup_id":"indexed","ordered":true,"times":true,"findings":[{"severity":"warning","subject":"trace index","text":"missing","remedy":"CREATE INDEX ..."}]}
)~");
}

TEST_CASE("a source never shows its password") {
  Source source;
  source.name = "prod";
  source.url = Secret("postgresql://alice:CANARY@db/jobs");
  source.password = Secret("CANARY");
  source.origin = "config.toml [sources.prod]";
  source.is_protected = true;
  source.keys = {{"session", "s:1"}};
  CHECK(
      json(source_record(source), source_columns()) ==
      R"~({"name":"prod","url":"postgresql://alice:***@db/jobs","protected":true,"read_only":false,"origin":"config.toml [sources.prod]","connect_timeout_ms":5000,"statement_timeout_ms":10000,"keys":[{"option":"session","name":"s:1"}]}
)~");
}

TEST_CASE("a system with its words") {
  static constexpr StateMapping states[] = {{"todo", JobState::pending}, {"todo", JobState::retrying, "attempts > 0"}};
  SystemInfo system;
  system.name = "procrastinate";
  system.title = "Procrastinate";
  system.summary = "Python";
  system.states = states;
  Record record = system_record(system);
  for (Field& field : behaviour_fields({}, false)) record.push_back(std::move(field));
  CHECK(
      json(record, system_columns()) ==
      R"~({"name":"procrastinate","title":"Procrastinate","family":"postgresql","summary":"Python","states":[{"native":"todo","state":"pending"},{"native":"todo","state":"retrying","when":"attempts > 0"}]}
)~");
}
