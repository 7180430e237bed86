// The jobs that the arguments of a change name.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "commands/change/write_target.hpp"
#include "commands/context.hpp"
#include "commands/job/find_jobs.hpp"

namespace queuetrace {

struct NamedJobs {
  std::set<std::string> ids;
  bool by_prefix = false;  ///< some of them only by how their id begins
};

/// The jobs of the target that the arguments mean; absent when some mean no single job, which was said. A command line
/// to paste names them whole from then on (Context::arguments). Throws Error where one is a job of another source.
std::optional<NamedJobs> find_named(const std::vector<std::string>& typed, IdMatch match, WriteTarget& target,
                                    Context& context);

}  // namespace queuetrace
