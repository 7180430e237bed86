// What a search that found nothing would find without its states, or without its times.
#pragma once

#include <string>
#include <vector>

#include "backends/gather.hpp"
#include "commands/filter/options.hpp"
#include "model/page.hpp"

namespace queuetrace {

/// `without --failed: 12`, by the options as typed; empty where nothing more is found, and where everything would be
/// asked for. Counts what count_some_jobs() counts, three times at most. What fails is not said.
std::string found_without(std::vector<OpenedSource>& sources, const JobQuery& query, const FilterOptions& typed);

}  // namespace queuetrace
