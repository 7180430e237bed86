// What is to be done about a finding, as it can be pasted.
#pragma once

#include <vector>

#include "backends/fan_out.hpp"
#include "commands/context.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

/// Puts the words that choose the source again in each place that Finding::remedy leaves for them; takes the place out
/// where none are needed (source_words()).
void name_source(Finding& finding, const Source& source, const Context& context);

/// The source of each outcome, in the order of for_each_store(). They point into `sources`.
std::vector<const Source*> sources_of_outcomes(const std::vector<OpenedSource>& sources);

}  // namespace queuetrace
