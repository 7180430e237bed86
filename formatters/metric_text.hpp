// Text in OpenMetrics 1.0 (https://openmetrics.io), which the text-file collectors of Prometheus read as well: gauges
// only, as everything here is one reading.
#pragma once

#include <cstddef>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/value.hpp"

namespace queuetrace {

/// Names never change once released: alerts and dashboards are made of them.
struct MetricFamily {
  std::string_view name;  ///< ends with its unit
  std::string_view unit;  ///< `seconds`, `ratio`; empty: none
  std::string_view help;  ///< one sentence
};

/// Names are ours, values may be data of a store.
using MetricLabels = std::vector<std::pair<std::string_view, std::string>>;

/// Gathers samples and writes them by family, in the order of the table, as the format demands. Bounded by whoever
/// adds.
class MetricText {
 public:
  explicit MetricText(std::vector<MetricFamily> families);

  /// A sample of the family with this name, which the table must have. Label values are printable, and shorter than 160
  /// bytes: longer ones end with a fingerprint of the whole, so that two never become one.
  void add(std::string_view family, const MetricLabels& labels, double value);
  /// The same for a value of a record in base units, durations in seconds and truths as 1 and 0, divided by `unit`.
  /// Null and what is no number add nothing.
  void add_known(std::string_view family, const MetricLabels& labels, const Value* value, double unit = 1);
  /// Families without a sample are left out. Ends with `# EOF`.
  void write(std::ostream& out) const;

 private:
  std::vector<MetricFamily> families_;
  std::vector<std::string> samples_;  ///< lines, one text a family
};

/// A value as it stands in a metric: durations in seconds, truths as 1 and 0; absent for what is no number.
std::optional<double> metric_number(const Value& value);

/// The value of a text as a label; empty for what is none.
std::string label_text(const Value* value);

}  // namespace queuetrace
