// The traces that the newest jobs of all sources belong to (`trace list`).
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "backends/gather.hpp"
#include "commands/context.hpp"
#include "commands/job/links.hpp"
#include "formatters/trace_list_record.hpp"

namespace queuetrace {

struct RecentTraces {
  std::vector<TraceSummary> traces;  ///< the one that something happened to last first
  std::uint64_t jobs = 0;            ///< looked at
  std::uint64_t untraced = 0;        ///< of them, without an id that other jobs could share
  bool more = false;                 ///< older jobs match, too, and were not looked at
  std::vector<SourceOutcome> outcomes;
  std::vector<std::string> warnings;
};

/// Reads the newest `most_jobs` jobs that match `query`'s filter, without payloads, and puts together what belongs to
/// one trace, whatever the spelling of its id. Facts of a trace are those of its jobs that were read. Blocks until all
/// sources answered; costs memory for `most_jobs` jobs.
RecentTraces read_recent_traces(std::vector<OpenedSource>& sources, JobQuery query, std::size_t most_jobs,
                                const LinkMaker& links, Timestamp now);

/// Puts them in order: `newest`, or `slowest` (from first to last), `waiting`, `failed`, `jobs`: most of it first.
void sort_traces(std::vector<TraceSummary>& traces, const std::string& order);

}  // namespace queuetrace
