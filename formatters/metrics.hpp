// -o openmetrics of the commands about queues: their records as gauges, for a collector that reads text files.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "formatters/formatter.hpp"
#include "formatters/metric_text.hpp"

namespace queuetrace {

/// What one kind of record becomes.
struct Metrics {
  std::span<const MetricFamily> families;  ///< beside those that every answer has
  /// Adds the gauges of a record.
  void (*add)(MetricText& text, const Record& record) = nullptr;
};

/// The formats of the records of `stats` and of `health`. `make` throws Error{usage} for --fields: the names of metrics
/// are fixed. At most 2,000 records are told, and how many more there were.
std::span<const OutputFormat> statistics_formats();
std::span<const OutputFormat> health_formats();

/// All families of these, in the order in which they are written.
std::vector<MetricFamily> statistics_families();
std::vector<MetricFamily> health_families();

/// The families that every answer has (whether each source answered, and completely; the window; what was left out,
/// whether all is well), then the others.
std::vector<MetricFamily> families_of(const Metrics& metrics);
std::unique_ptr<Formatter> make_metrics_formatter(std::ostream& out, const FormatterOptions& options,
                                                  const Metrics& metrics);

/// Values of these fields as labels, in their order.
MetricLabels labels_of(const Record& record, std::initializer_list<std::string_view> fields);

}  // namespace queuetrace
