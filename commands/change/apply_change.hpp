// The second half of a change: what is confirmed is done, recorded and told.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "commands/change/admin_operation.hpp"
#include "commands/change/change_jobs.hpp"
#include "commands/change/plan_file.hpp"
#include "commands/change/plan_maker.hpp"
#include "commands/change/write_target.hpp"

namespace queuetrace {

/// A plan that may be applied: a list of jobs in a file or, where they are many, what finds them, `wanted`, so that
/// plan, backup and change go on in step and the command itself is what goes on with the rest.
struct ReadyPlan {
  std::optional<PrivateFile> unnamed;  ///< a plan of our own that gets its name when it is applied
  std::filesystem::path path;          ///< of the plan, then; empty: there is no list
  std::optional<PlanRequest> wanted;
  PlanHeader header;
  PlanCounts counts;
  bool is_bulk = true;
  bool by_prefix = false;  ///< jobs were named, some only by how their id begins: a person must confirm them
};

/// Asks, applies and reports. Removes a plan of its own that was applied to its end.
ExitCode apply_change(const ChangeRequest& request, ReadyPlan plan, const ActionOffer& offer, WriteTarget& target,
                      OperationFacts& told, Context& context);

/// The command that applies a plan: `queuetrace job retry --plan FILE --source NAME`, with what confirms it.
std::string plan_command(const ChangeRequest& request, const std::filesystem::path& plan, const PlanCounts& counts,
                         const WriteTarget& target, const Context& context);

}  // namespace queuetrace
