// What is left of a plan that was stopped, as a plan of its own: going on with it asks for nothing that is done
// already.
#pragma once

#include <cstdint>
#include <filesystem>
#include <set>

#include "commands/change/plan_file.hpp"
#include "model/untrusted.hpp"

namespace queuetrace {

/// Writes the targets of `plan` that are acted upon, without the first `tried` of them, but with those of the ids in
/// `doubtful`, to the new file `path`. Returns the counts of the new plan. Throws Error: usage when the plan cannot be
/// read any more, refused or internal when the file cannot be written.
PlanCounts write_rest_of_plan(const std::filesystem::path& plan, std::uint64_t tried,
                              const std::set<Untrusted>& doubtful, const std::filesystem::path& path);

}  // namespace queuetrace
