#include "commands/report/counted.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <span>

#include "formatters/statistics_record.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr std::array columns_of_jobs{Column{.field = "total", .heading = "TOTAL", .right = true},
                                     Column{.field = "exactness", .heading = "EXACTNESS"},
                                     Column{.field = "states", .heading = "STATES", .where = Column::Where::wide}};
constexpr std::span columns = std::span(columns_of_jobs).first<2>();

Record record_of(const Counted& counted) {
  Record record{{"total", static_cast<std::int64_t>(counted.total)},
                {"exactness", std::string(to_word(counted.exactness))}};
  if (counted.states) record.push_back({"states", *counted.states});
  return record;
}

Heading heading_of(const Counted& counted) {
  if (counted.states) return {"queuetrace.job_count/1", "counts", columns_of_jobs, Heading::Layout::list, "total"};
  return {"queuetrace.count/1", "counts", columns, Heading::Layout::list, "total"};
}

}  // namespace

std::string counted_words(std::uint64_t total, Exactness exactness, std::string_view thing) {
  if (exactness == Exactness::at_least) return grouped(total) + "+ " + std::string(thing) + "s";
  return (exactness == Exactness::estimated ? "about " : "") + count_words(total, thing);
}

Exactness exactness_of(const std::vector<SourceOutcome>& outcomes) {
  const auto lacks = [](const SourceOutcome& one) { return one.error || one.incomplete(); };
  return std::ranges::any_of(outcomes, lacks) ? Exactness::at_least : Exactness::exact;
}

void print_counted(const Counted& counted, const Fields& summary, const Context& context) {
  if (context.format.name == "openmetrics")
    throw Error(ErrorKind::usage, "--count is one number, and -o openmetrics tells more of each queue")
        .with_hint("leave one of them out");
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(heading_of(counted));
  const FormatterOptions& options = context.format_options;
  if (context.format.name == "table" && options.headers && options.fields.empty())
    formatter->tell({counted.sentence, ""});  // says it all
  else
    formatter->row(record_of(counted));
  formatter->end(summary);
}

}  // namespace queuetrace
