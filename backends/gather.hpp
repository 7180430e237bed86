// One question to many sources: one thread a source, answers merged, failures named beside the answers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/job_store.hpp"
#include "model/error.hpp"

namespace queuetrace {

/// How one source (or one store of it) fared.
struct SourceOutcome {
  std::string address;  ///< source, or source/system
  std::string system;   ///< empty when it failed before that was known
  std::optional<Error> error;
  std::uint64_t scanned = 0;
  std::optional<std::string> truncated;
  Milliseconds elapsed{};
};

/// A source that was opened, or the error that kept it from being.
struct OpenedSource {
  Source source;
  std::vector<std::unique_ptr<JobStore>> stores;
  std::optional<Error> error;
  Milliseconds elapsed{};
};

/// Opens all sources side by side and waits for them; a failing one holds its error. With a single source its error is
/// thrown.
std::vector<OpenedSource> open_sources(const std::vector<Source>& sources);

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

/// Runs `ask` on every store, one thread a source; the outcome of each in source order. `ask` must touch only its store
/// and its slot.
std::vector<SourceOutcome> for_each_store(std::vector<OpenedSource>& sources,
                                          const std::function<void(JobStore&, std::size_t index)>& ask);

}  // namespace queuetrace
