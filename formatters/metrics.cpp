#include "formatters/metrics.hpp"

#include <ostream>

#include "formatters/record.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::uint64_t most_records = 2'000;

constexpr MetricFamily shared_families[] = {
    {"queuetrace_source_up", "", "1 if the source answered, 0 if it did not."},
    {"queuetrace_source_complete", "", "1 if its answer is complete, 0 if it was cut short or may hide jobs."},
    {"queuetrace_window_seconds", "seconds", "How far back rates, percentiles and failures look."},
    {"queuetrace_healthy", "", "1 if every limit is kept, 0 if one is exceeded; absent if it cannot be decided."},
    {"queuetrace_records_left_out", "", "Queues or checks beyond the 2,000 that are told."}};

class MetricsFormatter final : public Formatter {
 public:
  MetricsFormatter(std::ostream& out, const Metrics& metrics)
      : out_(out), metrics_(metrics), text_(families_of(metrics)) {}

  void begin(const Heading&) override {}

  void row(const Record& record) override {
    if (++rows_ <= most_records) metrics_.add(text_, record);
  }

  void end(const Fields& summary) override {
    add_sources(summary);
    text_.add_known("queuetrace_window_seconds", {}, find_value(summary, "window_ms"));
    text_.add_known("queuetrace_healthy", {}, find_value(summary, "healthy"));
    text_.add("queuetrace_records_left_out", {}, static_cast<double>(rows_ - std::min(rows_, most_records)));
    text_.write(out_);
    out_.flush();
  }

 private:
  void add_sources(const Fields& summary) {
    const Value* value = find_value(summary, "sources");
    const auto* sources = value == nullptr ? nullptr : std::get_if<Values>(value);
    if (sources == nullptr) return;
    for (const Value& one : *sources) {
      const auto* source = std::get_if<Fields>(&one);
      if (source == nullptr) continue;
      const MetricLabels labels{{"source", label_text(find_value(*source, "address"))},
                                {"system", label_text(find_value(*source, "system"))}};
      const std::string status = label_text(find_value(*source, "status"));
      const Value* unseen = find_value(*source, "unseen");
      const bool hides = unseen != nullptr && is_known(*unseen);
      text_.add("queuetrace_source_up", labels, status == "failed" ? 0 : 1);
      text_.add("queuetrace_source_complete", labels, status == "ok" && !hides ? 1 : 0);
    }
  }

  std::ostream& out_;
  Metrics metrics_;
  MetricText text_;
  std::uint64_t rows_ = 0;
};

}  // namespace

std::vector<MetricFamily> families_of(const Metrics& metrics) {
  std::vector<MetricFamily> families(std::begin(shared_families), std::end(shared_families));
  families.insert(families.end(), metrics.families.begin(), metrics.families.end());
  return families;
}

std::unique_ptr<Formatter> make_metrics_formatter(std::ostream& out, const FormatterOptions& options,
                                                  const Metrics& metrics) {
  if (!options.fields.empty())
    throw Error(ErrorKind::usage, "--fields: the names of metrics are fixed")
        .with_hint("leave it out, or choose another format, such as -o json");
  return std::make_unique<MetricsFormatter>(out, metrics);
}

MetricLabels labels_of(const Record& record, std::initializer_list<std::string_view> fields) {
  MetricLabels labels;
  for (const std::string_view field : fields) labels.emplace_back(field, label_text(find_value(record, field)));
  return labels;
}

}  // namespace queuetrace
