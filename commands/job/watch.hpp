// `job list --watch`: the same listing again and again; redrawn on a terminal, as changes in a pipe.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "backends/gather.hpp"
#include "commands/context.hpp"
#include "commands/exit_code.hpp"

namespace queuetrace {

/// What happened to one job between two looks.
struct JobChange {
  enum class Kind { added, changed, removed } kind = Kind::added;
  Job job;  ///< as it is now; of a removed one as it was last seen
};

/// Tells what changed between two looks at the newest jobs. Durations that grow by themselves are no change. A job that
/// newer ones pushed out of a full page is forgotten, not removed; jobs of a source that did not answer stay as they
/// were.
class JobChanges {
 public:
  std::vector<JobChange> since_last(const GatheredPage& page);

 private:
  std::map<std::string, Job> known_;  ///< by ref and occurrence
};

/// Looks at one page of `query` every `interval` (at least 1s) until told to stop or stdout is gone; the first look of
/// a pipe reports every job as added. Throws Error{usage} for a bad interval or a query without a page size.
ExitCode watch_jobs(std::vector<OpenedSource>& sources, const JobQuery& query, const std::string& interval,
                    Context& context);

}  // namespace queuetrace
