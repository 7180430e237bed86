// What is to be done about a finding, as it can be pasted.
#pragma once

#include <string>
#include <vector>

#include "backends/fan_out.hpp"
#include "model/store_check.hpp"

namespace queuetrace {

/// Puts the source's name, as a word of a shell, in each place that Finding::remedy leaves for it.
void name_source(Finding& finding, const std::string& source);

/// The source's name for each outcome, in the order of for_each_store().
std::vector<std::string> source_names(const std::vector<OpenedSource>& sources);

}  // namespace queuetrace
