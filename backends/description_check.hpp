// The descriptions of a configuration held against the tables of its sources.
#pragma once

#include <string>
#include <vector>

#include "backends/systems/catalogue.hpp"
#include "model/configuration.hpp"
#include "model/source.hpp"

namespace queuetrace {

struct DescriptionCheck {
  /// What does not fit, each with its line and named `[systems.NAME] columns.queue: ...`; also that rows fit no rule.
  std::vector<ConfigurationProblem> problems;
  std::vector<std::string> found;  ///< names of the described systems whose tables are there
};

/// Compares what the catalogue describes with the tables of one source; a source in Redis has none. Throws Error as
/// open_stores().
DescriptionCheck check_descriptions(const Source& source, const Catalogue& catalogue);

}  // namespace queuetrace
