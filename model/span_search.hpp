// How a trace viewer finds the spans of a job by attribute, where no trace id leads to them.
#pragma once

#include <string_view>

namespace queuetrace {

/// Constant, trusted text.
struct SpanSearch {
  std::string_view attribute = "job.id";  ///< span attribute that holds the job's id
  std::string_view service = {};          ///< service.name of these spans; empty: the name of the queue system
};

}  // namespace queuetrace
