// From an open SQL session to the stores in it: which systems are there, in which schemas.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "backends/engines/sql/system.hpp"
#include "backends/job_store.hpp"
#include "model/source.hpp"

namespace queuetrace {

/// One store for each of `systems` (of the connection's flavour) found in the session, and for each schema it is in:
/// the one named by Source::schema, else every schema of the search path that holds it, else every other schema. Empty
/// when none is there. Each store has its address: the source's name; `name/system` when there are several; with
/// `.schema` behind it when one system is there more than once. Cost: one statement for the catalogue, and one for each
/// confirmation, variant probe or look for trace context (carrier_search.hpp) that the found systems ask for. Throws
/// Error as SqlConnection::query does, and Error{authentication} where nothing is there but a system whose tables this
/// role may not read. `beside`: what else of the source is not read; the first store tells of it (JobStore::unseen).
std::vector<std::unique_ptr<JobStore>> open_sql_stores(std::shared_ptr<SqlConnection> connection, const Source& source,
                                                       std::span<const SqlSystem* const> systems,
                                                       std::vector<Finding> beside = {});

}  // namespace queuetrace
