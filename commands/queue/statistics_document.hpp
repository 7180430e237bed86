// The document that `stats` prints, once or at each look of --watch.
#pragma once

#include <iosfwd>
#include <string>

#include "commands/queue/statistics.hpp"

namespace queuetrace {

struct StatisticsDocument {
  bool by_state = false;  ///< one record a queue and state, instead of one a queue
  std::string sort;       ///< see sorted_queues()
  Milliseconds window{};  ///< of the rates
  std::string hint = {};  ///< below a table in which jobs wait
};

/// Records in the order of the stores, or in the one that was asked for; tables for people worst first. `summary`
/// closes the document.
void print_statistics(const CollectedStatistics& collected, const StatisticsDocument& document, const Fields& summary,
                      const OutputFormat& format, const FormatterOptions& options, std::ostream& out);

}  // namespace queuetrace
