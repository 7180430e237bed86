// Rows of statistics, one a queue, whose jobs lie in several containers or stores.
#pragma once

#include <string_view>
#include <vector>

#include "model/statistics.hpp"

namespace queuetrace {

/// The queue's row; nullptr: there is none. Valid until a row is added.
QueueStatistics* find_row(std::vector<QueueStatistics>& rows, std::string_view queue);

/// The same, added where there is none.
QueueStatistics& row_of(std::vector<QueueStatistics>& rows, std::string_view queue);

/// Adds what another container of the same queue told: sums of counts and rates, the extremes of times. Percentiles are
/// those of more jobs.
void merge_row(std::vector<QueueStatistics>& rows, QueueStatistics more);

}  // namespace queuetrace
