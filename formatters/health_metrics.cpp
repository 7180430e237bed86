// -o openmetrics of `health`.
#include <string>

#include "formatters/metrics.hpp"
#include "formatters/record.hpp"

namespace queuetrace {
namespace {

constexpr MetricFamily families[] = {
    {"queuetrace_health_tripped", "", "1 if the limit is exceeded."},
    {"queuetrace_health_undecided", "", "1 if what is known does not decide it."},
    {"queuetrace_health_value_seconds", "seconds", "What was found, where the limit is a time."},
    {"queuetrace_health_limit_seconds", "seconds", "The limit, where it is a time."},
    {"queuetrace_health_value_jobs", "jobs", "What was found, where the limit is a number of jobs."},
    {"queuetrace_health_limit_jobs", "jobs", "The limit, where it is a number of jobs."},
    {"queuetrace_health_value_ratio", "ratio", "What was found, where the limit is a share."},
    {"queuetrace_health_limit_ratio", "ratio", "The limit, where it is a share."}};

void add_check(MetricText& text, const Record& record) {
  const MetricLabels labels = labels_of(record, {"source", "system", "queue", "check"});
  const std::string status = label_text(find_value(record, "status"));
  text.add("queuetrace_health_tripped", labels, status == "tripped" ? 1 : 0);
  text.add("queuetrace_health_undecided", labels, status == "undecided" ? 1 : 0);
  const std::string unit = label_text(find_value(record, "unit"));
  const std::string suffix = unit == "ms" ? "_seconds" : unit == "percent" ? "_ratio" : "_jobs";
  for (const std::string field : {"value", "limit"})
    text.add_known("queuetrace_health_" + field + suffix, labels, find_value(record, field),
                   unit == "percent" ? 100 : 1);
}

constexpr Metrics metrics{families, add_check};

std::unique_ptr<Formatter> make(std::ostream& out, const FormatterOptions& options) {
  return make_metrics_formatter(out, options, metrics);
}

constexpr OutputFormat formats[] = {{"openmetrics", "gauges for a collector that reads text files", false, make}};

}  // namespace

std::span<const OutputFormat> health_formats() { return formats; }
std::vector<MetricFamily> health_families() { return families_of(metrics); }

}  // namespace queuetrace
