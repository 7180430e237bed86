// Times as tables of a user's own keep them, as the engine's times (SqlType::time).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backends/engines/sql/connection.hpp"
#include "backends/systems/described/live_table.hpp"
#include "model/system_description.hpp"

namespace queuetrace::described {

/// How a column's times are to be read.
struct TimeReading {
  std::string_view unit = {};  ///< of numbers: s, ms, us or ns since 1970; empty: not said
  std::string_view zone = {};  ///< of times without one; empty: UTC
  const DescribedLiteral* absent = nullptr;
};

/// SQL of a time from `value`, SQL of the column. Numbers that no year of four digits holds, and texts that are no
/// time, are NULL. Throws Error{usage} for a column whose values cannot be times.
std::string time_of(SqlFlavour flavour, const std::string& value, const LiveColumn& column, const TimeReading& how);

/// Whether the zone can be given in this flavour: in SQLite UTC and offsets such as +02:00.
bool is_zone(SqlFlavour flavour, std::string_view zone);

}  // namespace queuetrace::described
