// -o openmetrics of `stats` and `queue list`.
#include <array>
#include <string>

#include "formatters/metrics.hpp"
#include "formatters/record.hpp"
#include "model/job_state.hpp"

namespace queuetrace {
namespace {

constexpr MetricFamily families[] = {
    {"queuetrace_queue_jobs", "", "Jobs of a queue in each state."},
    {"queuetrace_queue_jobs_exact", "", "1 if all of them were counted, 0 if the numbers are at least or estimated."},
    {"queuetrace_queue_oldest_waiting_age_seconds", "seconds", "Age of the oldest job still to be done."},
    {"queuetrace_queue_oldest_due_age_seconds", "seconds", "How long ago the first job that could run came due."},
    {"queuetrace_queue_paused", "", "1 if workers are told not to take jobs from the queue."},
    {"queuetrace_queue_stale_jobs", "", "Running jobs whose worker seems gone."},
    {"queuetrace_queue_completed_per_second", "", "Completed jobs per second within the window."},
    {"queuetrace_queue_failed_per_second", "", "Failed jobs per second within the window."},
    {"queuetrace_queue_wait_seconds", "seconds", "Time from runnable to started, by quantile."},
    {"queuetrace_queue_run_seconds", "seconds", "Time from started to finished, by quantile."},
    {"queuetrace_queue_traced_ratio", "ratio", "Share of jobs with a W3C trace ID."}};

/// A field of the record as a gauge.
struct Gauge {
  std::string_view field;
  std::string_view family;
  double unit = 1;  ///< what one of the gauge's units is in the field's
  std::string_view quantile = {};
};

constexpr Gauge gauges[] = {{"oldest_age_ms", "queuetrace_queue_oldest_waiting_age_seconds"},
                            {"oldest_due_age_ms", "queuetrace_queue_oldest_due_age_seconds"},
                            {"paused", "queuetrace_queue_paused"},
                            {"stale", "queuetrace_queue_stale_jobs"},
                            {"completed_per_minute", "queuetrace_queue_completed_per_second", 60},
                            {"failed_per_minute", "queuetrace_queue_failed_per_second", 60},
                            {"wait_p50_ms", "queuetrace_queue_wait_seconds", 1, "0.5"},
                            {"wait_p95_ms", "queuetrace_queue_wait_seconds", 1, "0.95"},
                            {"wait_p99_ms", "queuetrace_queue_wait_seconds", 1, "0.99"},
                            {"wait_max_ms", "queuetrace_queue_wait_seconds", 1, "1"},
                            {"run_p50_ms", "queuetrace_queue_run_seconds", 1, "0.5"},
                            {"run_p95_ms", "queuetrace_queue_run_seconds", 1, "0.95"},
                            {"run_p99_ms", "queuetrace_queue_run_seconds", 1, "0.99"},
                            {"run_max_ms", "queuetrace_queue_run_seconds", 1, "1"},
                            {"trace_percent", "queuetrace_queue_traced_ratio", 100}};

/// Every state, so that a series does not end with the last job in it.
void add_states(MetricText& text, const Record& record, const MetricLabels& labels) {
  const Value* value = find_value(record, "states");
  const auto* states = value == nullptr ? nullptr : std::get_if<Values>(value);
  if (states == nullptr) return;
  for (const JobState state : all_job_states) {
    MetricLabels own = labels;
    own.emplace_back("state", to_word(state));
    double count = 0;
    for (const Value& one : *states) {
      const auto* fields = std::get_if<Fields>(&one);
      if (fields == nullptr || label_text(find_value(*fields, "state")) != to_word(state)) continue;
      if (const Value* jobs = find_value(*fields, "count")) count += metric_number(*jobs).value_or(0);
    }
    text.add("queuetrace_queue_jobs", own, count);
  }
  const bool exact = label_text(find_value(record, "total_exactness")) == "exact";
  text.add("queuetrace_queue_jobs_exact", labels, exact ? 1 : 0);
}

void add_queue(MetricText& text, const Record& record) {
  const MetricLabels labels = labels_of(record, {"source", "system", "queue"});
  add_states(text, record, labels);
  for (const Gauge& gauge : gauges) {
    MetricLabels own = labels;
    if (!gauge.quantile.empty()) own.emplace_back("quantile", gauge.quantile);
    text.add_known(gauge.family, own, find_value(record, gauge.field), gauge.unit);
  }
}

constexpr Metrics metrics{families, add_queue};

std::unique_ptr<Formatter> make(std::ostream& out, const FormatterOptions& options) {
  return make_metrics_formatter(out, options, metrics);
}

constexpr OutputFormat formats[] = {{"openmetrics", "gauges for a collector that reads text files", false, make}};

}  // namespace

std::span<const OutputFormat> statistics_formats() { return formats; }
std::vector<MetricFamily> statistics_families() { return families_of(metrics); }

}  // namespace queuetrace
