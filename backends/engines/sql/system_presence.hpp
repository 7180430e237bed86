// Whether a system is in a schema, as far as this role may see.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "backends/engines/sql/connection.hpp"
#include "backends/engines/sql/live_schema.hpp"
#include "backends/engines/sql/system.hpp"
#include "model/error.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

enum class Presence {
  none,
  there,
  withheld  ///< by all that the catalogue shows, but this role may not read a table that proves it
};

/// Cost: the system's confirmation, where it has one and its tables are there.
Presence presence_of(const SqlSystem& system, const LiveSchema& schema, SqlConnection& connection);

/// A system that is withheld in a schema.
struct WithheldSystem {
  const SqlSystem* system;
  std::string schema;
  std::vector<std::string> tables;  ///< that prove it and may not be read, qualified
};

WithheldSystem withheld_in(const SqlSystem& system, const LiveSchema& schema);

/// Said where nothing else is there, with the GRANT.
Error withheld_error(const WithheldSystem& withheld, const std::string& source);

/// The same beside a system that may be read.
Finding withheld_finding(const WithheldSystem& withheld);

/// The one boolean of a probe; a statement that fails or takes too long (1 s) counts as no. `refused`: what counts
/// where it is not permitted. Throws Error{unreachable} for a lost connection.
Presence answer_of(SqlConnection& connection, std::string_view probe, const std::string& schema, Presence refused);

}  // namespace queuetrace
