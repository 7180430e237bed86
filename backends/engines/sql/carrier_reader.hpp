// From the texts that a row's carriers may hold (carrier_document()) to the trace contexts of its job.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "backends/engines/sql/bound_system.hpp"
#include "model/job.hpp"

namespace queuetrace {

/// What a row's carriers hold (RowLayout::carriers), absent for NULL.
using CarrierCells = std::span<std::optional<std::string_view>>;

/// Reads the cells of a row of the relation and leaves them without those that are read. The first context is the job's
/// trace where it has none yet: paths that the user named come first, then the well-known places of each document, then
/// what else was seen in use. The ids of all others are further ones; `extra` says where each was found.
void read_carriers(const BoundRelation& relation, CarrierCells cells, Job& job);

}  // namespace queuetrace
