// Queues in tables of a user's own: a description of the configuration, made to fit the tables of a database.
#pragma once

#include <memory>
#include <vector>

#include "backends/engines/sql/system.hpp"
#include "model/configuration.hpp"
#include "model/source.hpp"
#include "model/system_description.hpp"
#include "model/system_proposal.hpp"

namespace queuetrace::described {

/// What became of a description in a database.
struct Fitting {
  std::shared_ptr<const SqlSystem> system;     ///< nullptr where there are problems, or none of its tables
  std::vector<ConfigurationProblem> problems;  ///< which column, rule or value does not fit, each with its line
};

/// Reads the catalogue, one statement a table. `info` must outlive the system.
Fitting compare(const SystemDescription& description, const SystemInfo& info, SqlConnection& connection,
                const Source& source);

/// As propose_system() (backends/proposal.hpp).
SystemProposal propose(SqlConnection& connection, const Source& source, const std::string& table);

}  // namespace queuetrace::described
