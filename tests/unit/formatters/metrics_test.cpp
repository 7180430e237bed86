// Records of queues as OpenMetrics text.
#include "formatters/metrics.hpp"

#include <doctest/doctest.h>

#include <set>
#include <sstream>

#include "formatters/health_record.hpp"
#include "formatters/statistics_record.hpp"
#include "model/error.hpp"

using namespace queuetrace;

namespace {

QueueStatistics queue_of(const std::string& name) {
  QueueStatistics queue;
  queue.queue = Untrusted(name);
  queue.paused = false;
  StateStatistics& pending = queue.states.emplace_back();
  pending.state = JobState::pending;
  pending.count = {7, Exactness::exact};
  pending.oldest = Timestamp(std::chrono::seconds(1'000'000'000));
  StateStatistics& dead = queue.states.emplace_back();
  dead.state = JobState::dead;
  dead.count = {2, Exactness::at_least};
  queue.stale = Count{1, Exactness::exact};
  queue.completed_per_minute = 30;
  queue.run = Percentiles{3, Milliseconds(10), Milliseconds(1500), Milliseconds(2000), Milliseconds(120'000)};
  queue.coverage = TraceCoverage{8, 2, 0, 0, 6, false};
  return queue;
}

std::string printed(const std::vector<Record>& records, const Fields& summary,
                    std::span<const OutputFormat> formats = statistics_formats()) {
  std::ostringstream out;
  const std::unique_ptr<Formatter> formatter = formats.front().make(out, {});
  formatter->begin({});
  for (const Record& record : records) formatter->row(record);
  formatter->end(summary);
  return out.str();
}

std::string of_queue(const std::string& name) {
  return printed(
      {queue_statistics_record("prod", "hammerwork", queue_of(name), Timestamp(std::chrono::seconds(1'000'000'090)))},
      {});
}

bool holds(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }
bool has_line(const std::string& text, const std::string& line) { return holds("\n" + text, "\n" + line + "\n"); }

}  // namespace

TEST_CASE("the gauges of a queue") {
  const Fields sources{{"address", "prod"}, {"system", "hammerwork"}, {"status", "truncated"}};
  const Fields failed{{"address", "files"}, {"system", Value()}, {"status", "failed"}};
  const Record record =
      queue_statistics_record("prod", "hammerwork", queue_of("email"), Timestamp(std::chrono::seconds(1'000'000'090)));
  CHECK(printed({record}, {{"window_ms", Milliseconds(3'600'000)}, {"sources", Values{sources, failed}}}) ==
        R"(# TYPE queuetrace_source_up gauge
# HELP queuetrace_source_up 1 if the source answered, 0 if it did not.
queuetrace_source_up{source="prod",system="hammerwork"} 1
queuetrace_source_up{source="files",system=""} 0
# TYPE queuetrace_source_complete gauge
# HELP queuetrace_source_complete 1 if its answer is complete, 0 if it was cut short or may hide jobs.
queuetrace_source_complete{source="prod",system="hammerwork"} 0
queuetrace_source_complete{source="files",system=""} 0
# TYPE queuetrace_window_seconds gauge
# UNIT queuetrace_window_seconds seconds
# HELP queuetrace_window_seconds How far back rates, percentiles and failures look.
queuetrace_window_seconds 3600
# TYPE queuetrace_records_left_out gauge
# HELP queuetrace_records_left_out Queues or checks beyond the 2,000 that are told.
queuetrace_records_left_out 0
# TYPE queuetrace_queue_jobs gauge
# HELP queuetrace_queue_jobs Jobs of a queue in each state.
queuetrace_queue_jobs{source="prod",system="hammerwork",queue="email",state="pending"} 7
queuetrace_queue_jobs{source="prod",system="hammerwork",queue="email",state="scheduled"} 0
queuetrace_queue_jobs{source="prod",system="hammerwork",queue="email",state="blocked"} 0
queuetrace_queue_jobs{source="prod",system="hammerwork",queue="email",state="running"} 0
queuetrace_queue_jobs{source="prod",system="hammerwork",queue="email",state="retrying"} 0
queuetrace_queue_jobs{source="prod",system="hammerwork",queue="email",state="completed"} 0
queuetrace_queue_jobs{source="prod",system="hammerwork",queue="email",state="failed"} 0
queuetrace_queue_jobs{source="prod",system="hammerwork",queue="email",state="dead"} 2
queuetrace_queue_jobs{source="prod",system="hammerwork",queue="email",state="cancelled"} 0
queuetrace_queue_jobs{source="prod",system="hammerwork",queue="email",state="unknown"} 0
# TYPE queuetrace_queue_jobs_exact gauge
# HELP queuetrace_queue_jobs_exact 1 if all of them were counted, 0 if the numbers are at least or estimated.
queuetrace_queue_jobs_exact{source="prod",system="hammerwork",queue="email"} 0
# TYPE queuetrace_queue_oldest_waiting_age_seconds gauge
# UNIT queuetrace_queue_oldest_waiting_age_seconds seconds
# HELP queuetrace_queue_oldest_waiting_age_seconds Age of the oldest job still to be done.
queuetrace_queue_oldest_waiting_age_seconds{source="prod",system="hammerwork",queue="email"} 90
# TYPE queuetrace_queue_paused gauge
# HELP queuetrace_queue_paused 1 if workers are told not to take jobs from the queue.
queuetrace_queue_paused{source="prod",system="hammerwork",queue="email"} 0
# TYPE queuetrace_queue_stale_jobs gauge
# HELP queuetrace_queue_stale_jobs Running jobs whose worker seems gone.
queuetrace_queue_stale_jobs{source="prod",system="hammerwork",queue="email"} 1
# TYPE queuetrace_queue_completed_per_second gauge
# HELP queuetrace_queue_completed_per_second Completed jobs per second within the window.
queuetrace_queue_completed_per_second{source="prod",system="hammerwork",queue="email"} 0.5
# TYPE queuetrace_queue_run_seconds gauge
# UNIT queuetrace_queue_run_seconds seconds
# HELP queuetrace_queue_run_seconds Time from started to finished, by quantile.
queuetrace_queue_run_seconds{source="prod",system="hammerwork",queue="email",quantile="0.5"} 0.01
queuetrace_queue_run_seconds{source="prod",system="hammerwork",queue="email",quantile="0.95"} 1.5
queuetrace_queue_run_seconds{source="prod",system="hammerwork",queue="email",quantile="0.99"} 2
queuetrace_queue_run_seconds{source="prod",system="hammerwork",queue="email",quantile="1"} 120
# TYPE queuetrace_queue_traced_ratio gauge
# UNIT queuetrace_queue_traced_ratio ratio
# HELP queuetrace_queue_traced_ratio Share of jobs with a W3C trace ID.
queuetrace_queue_traced_ratio{source="prod",system="hammerwork",queue="email"} 0.25
# EOF
)");
}

TEST_CASE("labels are printable, escaped, bounded and never made alike") {
  const auto paused = [](const std::string& name) {
    const std::string text = of_queue(name);
    const std::size_t begin = text.find("queuetrace_queue_paused{");
    return text.substr(begin, text.find('\n', begin) - begin);
  };
  const std::string head = R"(queuetrace_queue_paused{source="prod",system="hammerwork",queue=")";
  CHECK(paused("a\"b") == head + R"(a\"b"} 0)");
  CHECK(paused("a\\b") == head + R"(a\\\\b"} 0)");
  CHECK(paused("a\nb\x1b[0m\xff") == head + R"(a\\nb\\x1b[0m\\xff"} 0)");
  CHECK(paused("注文処理") == head + "注文処理\"} 0");
  const std::string one = paused(std::string(5'000, 'x') + "1"), other = paused(std::string(5'000, 'x') + "2");
  CHECK(one.size() < head.size() + 160);
  CHECK(one != other);
  const std::string wide = paused("é" + std::string(200, 'y') + "é");
  CHECK(wide.size() < head.size() + 160);
}

TEST_CASE("more queues than are told are counted") {
  std::vector<Record> records;
  for (int number = 0; number < 2'003; ++number)
    records.push_back(queue_statistics_record("prod", "hammerwork", queue_of("q" + std::to_string(number)), {}));
  const std::string text = printed(records, {});
  CHECK(has_line(text, "queuetrace_records_left_out 3"));
  CHECK(holds(text, "queue=\"q1999\""));
  CHECK_FALSE(holds(text, "queue=\"q2000\""));
}

TEST_CASE("the gauges of checks are in the units of their limits") {
  const auto check = [](HealthMeasure measure, HealthVerdict verdict, std::optional<double> value, double limit) {
    HealthCheck result;
    result.measure = measure;
    result.verdict = verdict;
    result.source = "prod";
    result.system = "hammerwork";
    if (measure != HealthMeasure::coverage) result.queue = Untrusted("email");
    result.value = value;
    result.limit = limit;
    return health_record(result);
  };
  const std::vector<Record> records{check(HealthMeasure::age, HealthVerdict::tripped, 90'500, 60'000),
                                    check(HealthMeasure::coverage, HealthVerdict::undecided, std::nullopt, 50),
                                    check(HealthMeasure::dead, HealthVerdict::ok, 0, 0)};
  const std::string text = printed(records, {{"healthy", false}}, health_formats());
  const std::string email = R"({source="prod",system="hammerwork",queue="email",check=)";
  for (const std::string& line :
       {"queuetrace_health_tripped" + email + "\"age\"} 1", "queuetrace_health_undecided" + email + "\"age\"} 0",
        "queuetrace_health_value_seconds" + email + "\"age\"} 90.5",
        "queuetrace_health_limit_seconds" + email + "\"age\"} 60",
        std::string(R"(queuetrace_health_undecided{source="prod",system="hammerwork",queue="",check="coverage"} 1)"),
        std::string(
            R"(queuetrace_health_limit_ratio{source="prod",system="hammerwork",queue="",check="coverage"} 0.5)"),
        "queuetrace_health_value_jobs" + email + "\"dead\"} 0", std::string("queuetrace_healthy 0")}) {
    INFO(text);
    CHECK_MESSAGE(has_line(text, line), line);
  }
  CHECK_FALSE(holds(text, "queuetrace_health_value_ratio"));
}

TEST_CASE("names of metrics are distinct and end with their unit; --fields does not change them") {
  for (const auto& families : {statistics_families(), health_families()}) {
    std::set<std::string_view> names;
    for (const MetricFamily& family : families) {
      CAPTURE(family.name);
      CHECK(names.insert(family.name).second);
      CHECK(family.name.starts_with("queuetrace_"));
      CHECK((family.unit.empty() || family.name.ends_with("_" + std::string(family.unit))));
      CHECK(family.help.ends_with("."));
    }
  }
  std::ostringstream out;
  FormatterOptions options;
  options.fields = {"queue"};
  CHECK_THROWS_AS(statistics_formats().front().make(out, options), Error);
}
