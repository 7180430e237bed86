// From one row of an answer to a Job. A cell that does not read leaves its fact absent and a note behind; no row is
// lost.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backends/sql/bound_system.hpp"
#include "backends/sql/connection.hpp"
#include "backends/sql/select_builder.hpp"
#include "model/job.hpp"

namespace queuetrace {

/// The job in `row`, with `address` as the source of its ref.
Job read_job(const SqlResult& rows, std::size_t row, const RowLayout& layout, const BoundSystem& system,
             const std::string& address);

/// A time cell: PostgreSQL's text, or whole microseconds. Absent when it is neither.
std::optional<Timestamp> read_time(SqlFlavour flavour, std::string_view text);

}  // namespace queuetrace
