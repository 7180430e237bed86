// Makes a plan: streams what an administration says of every job that matches into a file, in flat memory.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "commands/change/plan_file.hpp"
#include "commands/context.hpp"

namespace queuetrace {

/// Which jobs, and what.
struct PlanRequest {
  Action action;
  JobFilter filter;
  std::optional<std::set<std::string>> only;  ///< ids: no job with another id, though it fits; absent: all that fit
};

/// Writes the targets and the end. Returns false when the run was asked to stop: then there is no plan. A bound that
/// was reached is in PlanCounts::truncated. Throws what the store says.
bool make_plan(JobAdministration& administration, const PlanRequest& request, PlanWriter& writer,
               const Context& context);

}  // namespace queuetrace
