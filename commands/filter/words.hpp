// A filter as the flags that ask for it, for records of what was asked.
#pragma once

#include <cstddef>
#include <limits>
#include <string>

#include "model/job_filter.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// `--trace-id 0af7... --state dead,failed --since 2026-01-02T03:04:05.000Z`, quoted for a shell where it must be;
/// empty for a filter that asks nothing. Pasted behind a command it makes the same filter. Of more than `most_ids` ids
/// the first are shown, and how many more there are. Holds what the user typed: data for whoever prints it.
std::string filter_words(const JobFilter& filter, std::size_t most_ids = std::numeric_limits<std::size_t>::max());

/// The same by the names of the flags, the values of one flag in a list; `further_ids` counts those not shown.
Fields filter_fields(const JobFilter& filter, std::size_t most_ids);

/// Which time of jobs `--since` and `--until` are about, in one sentence; empty where it is their creation or neither
/// is asked for.
std::string words_about_times(const JobFilter& filter);

/// Adds `time_field`, the same as a word (`created`, `ended`, ...), where a time is asked for.
void add_time_field(Fields& summary, const JobFilter& filter);

}  // namespace queuetrace
