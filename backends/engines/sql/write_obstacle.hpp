// What keeps every change from a database, told before anything is planned: a standby, jobs in a view.
#pragma once

#include <string>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/connection.hpp"

namespace queuetrace {

/// Throws Error{refused} where nothing of the system can be changed in this session: the server takes no changes
/// (SqlConnection::write_obstacle), or a table that changes touch is a view or a foreign table, whose rows tell no
/// version. `address` names the store for the message. Asks the server once; throws as SqlConnection::query.
void refuse_unwritable(SqlConnection& connection, const BoundSystem& system, const std::string& address);

}  // namespace queuetrace
