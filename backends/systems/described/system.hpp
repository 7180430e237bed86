// Queues in tables of a user's own: a description of the configuration, made to fit the tables of a database.
#pragma once

#include <memory>

#include "backends/engines/sql/system.hpp"
#include "model/source.hpp"
#include "model/system_description.hpp"
#include "model/system_proposal.hpp"

namespace queuetrace::described {

/// The description as the engine takes it, of the tables that are there; nullptr when none of them is. Reads the
/// catalogue, one statement a table. Throws Error{usage} that says in its notes which column, rule or value does not
/// fit. `info` must outlive it.
std::shared_ptr<const SqlSystem> fit(const SystemDescription& description, const SystemInfo& info,
                                     SqlConnection& connection, const Source& source);

/// As propose_system() (backends/proposal.hpp).
SystemProposal propose(SqlConnection& connection, const Source& source, const std::string& table);

}  // namespace queuetrace::described
