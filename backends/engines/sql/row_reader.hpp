// From one row of an answer to a Job. A cell that does not read leaves its fact absent and a note behind; no row is
// lost.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "backends/engines/sql/bound_system.hpp"
#include "backends/engines/sql/connection.hpp"
#include "backends/engines/sql/select_builder.hpp"
#include "model/job.hpp"

namespace queuetrace {

/// Makes an empty job the one in `row`, with `address` as the source of its ref. A job is large: it is made where it
/// stays.
void read_job(Job& job, const SqlResult& rows, std::size_t row, const RowLayout& layout, const BoundSystem& system,
              const std::string& address);

/// A time cell: PostgreSQL's text, or whole microseconds. Absent when it is neither.
std::optional<Timestamp> read_time(SqlFlavour flavour, std::string_view text);

/// What the stored trace id is good for: as the row says (SqlField::trace_status), else by its form.
TraceStatus trace_status(std::string_view stored, std::optional<std::string_view> told,
                         std::span<const std::string_view> placeholders);

}  // namespace queuetrace
