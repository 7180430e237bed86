// Other jobs of the same trace or correlation, over all selected sources.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "backends/gather.hpp"
#include "commands/context.hpp"
#include "model/job.hpp"

namespace queuetrace {

/// One of them, and by which of the two it is related.
struct RelatedJob {
  Job job;
  bool by_trace = true;  ///< otherwise by correlation id
};

struct RelatedJobs {
  std::vector<RelatedJob> shown;  ///< newest first, those of the trace before those of the correlation; up to 20
  std::uint64_t more = 0;         ///< known beside these
  bool at_least = false;          ///< there may be further ones: counting stopped, or a source was cut short or failed
  std::vector<SourceOutcome> outcomes;
  std::vector<std::string> warnings;
};

/// Asks once for each trace and correlation id, whatever number of jobs share it. Costs what `job list --trace-id` and
/// `--correlation-id` cost.
class RelatedJobsReader {
 public:
  RelatedJobsReader(std::vector<OpenedSource>& sources, const Context& context)
      : sources_(sources), context_(context) {}

  /// Empty for a job that carries neither a usable trace id nor a correlation id.
  RelatedJobs related_to(const Job& job);

 private:
  const GatheredPage& ask(bool by_trace, const std::string& id);

  std::vector<OpenedSource>& sources_;
  const Context& context_;
  std::map<std::pair<bool, std::string>, GatheredPage> answers_;
};

}  // namespace queuetrace
