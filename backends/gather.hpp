// Jobs of many stores as one listing: merged page by page, or streamed one store after the other.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/fan_out.hpp"

namespace queuetrace {

/// Jobs of many stores, page by page.
struct GatheredPage {
  std::vector<Job> jobs;            ///< newest first over all ordered stores; ties by source, then id
  std::optional<std::string> next;  ///< cursor over all of them
  std::vector<SourceOutcome> outcomes;
  std::vector<std::string> warnings;
};

/// One page over all stores. `after` is GatheredPage::next of the page before; throws Error{usage} when it is not a
/// cursor for these sources and this filter.
GatheredPage gather_jobs(std::vector<OpenedSource>& sources, const JobQuery& query);

/// Streams every matching job to `sink`, source after source in storage order, in flat memory. `sink` returns false to
/// stop.
std::vector<SourceOutcome> stream_jobs(std::vector<OpenedSource>& sources, JobQuery query,
                                       const std::function<bool(Job&&)>& sink, std::vector<std::string>& warnings);

}  // namespace queuetrace
