// Whether a raw entry can match a filter at all, told from its bytes before anything is parsed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/job_filter.hpp"
#include "model/text_search.hpp"
#include "tracing/trace_needle.hpp"

namespace queuetrace {

/// The texts of a filter that must stand in an entry. Errs only towards "may match": an entry with `\u` escapes may
/// spell any text, and conditions that are not plain text ask nothing.
class Needles {
 public:
  explicit Needles(const JobFilter& filter);
  bool may_match(std::string_view entry) const;
  /// Whether there is anything to look for.
  bool empty() const { return groups_.empty() && traces_.empty() && alternatives_.empty(); }

 private:
  void add(std::vector<std::string> texts);
  void add_alternatives(const std::vector<JobFilter>& alternatives);
  std::vector<TraceNeedle> traces_;    ///< one of them may occur
  std::vector<TextSearch> groups_;     ///< each must be found
  std::vector<Needles> alternatives_;  ///< one of them may match
};

}  // namespace queuetrace
