// `--count` of the commands that list: how many there are, and none of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/gather.hpp"
#include "commands/context.hpp"
#include "commands/option.hpp"
#include "formatters/table_view.hpp"
#include "model/statistics.hpp"

namespace queuetrace {

inline constexpr OptionFacts count_option{.names = "--count",
                                          .help = "Print how many there are instead of listing them"};

/// What a command counted.
struct Counted {
  std::uint64_t total = 0;
  Exactness exactness = Exactness::exact;
  std::optional<Fields> states = {};  ///< of jobs: a number for each state
  std::vector<Phrase> sentence = {};  ///< what a table says: `12 queues in shop`
};

/// `12 queues`; `12+ queues` where there may be more; `about 12 queues`. An `s` makes the thing several.
std::string counted_words(std::uint64_t total, Exactness exactness, std::string_view thing);

/// Of what these sources told: `at_least` where one failed, was cut short or may hide something.
Exactness exactness_of(const std::vector<SourceOutcome>& outcomes);

/// One record in `counts`: total, exactness (exact, at_least, estimated) and, of jobs, states; schema
/// `queuetrace.count/1`, of jobs `queuetrace.job_count/1`. Tables are the sentence alone; -o name and --no-headers the
/// number alone. Throws Error{usage} with -o openmetrics, which is no list.
void print_counted(const Counted& counted, const Fields& summary, const Context& context);

}  // namespace queuetrace
