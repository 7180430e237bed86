// Trace links of jobs for one run: which viewer serves which source.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "commands/context.hpp"
#include "formatters/job_record.hpp"
#include "model/job.hpp"
#include "tracing/viewer.hpp"

namespace queuetrace {

/// Chosen in this order: `--viewer`, the source's own, the configuration's default.
class LinkMaker {
 public:
  /// Throws Error{usage} when a viewer is named that is not configured. `context` must outlive it.
  LinkMaker(const Context& context, const std::vector<Source>& sources);

  /// The viewer for jobs of this address (`source` or `source/system`).
  const Viewer& viewer_for(std::string_view address) const;
  JobLinks links(const Job& job) const;
  /// The link to the trace of these jobs, all of one trace, with the times of all of them (whole_trace_link()).
  /// Absent where none of them can be linked.
  std::optional<std::string> trace_url(std::span<const Job* const> jobs) const;
  /// Its record, with its links and its age now.
  Record record(Job job) const;

 private:
  const Context& context_;
  std::map<std::string, const Viewer*, std::less<>> by_source_;
  const Viewer* otherwise_;
};

/// The sources that are open, for LinkMaker.
std::vector<Source> sources_of(const std::vector<OpenedSource>& opened);

}  // namespace queuetrace
