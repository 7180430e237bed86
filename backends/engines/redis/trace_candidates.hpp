// The trace contexts that one job carries in several places, and which of them is the job's.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/job.hpp"

namespace queuetrace {

/// Added in the order of trust; the first with the best kind of id is the job's own.
class TraceCandidates {
 public:
  struct Candidate {
    std::string place;  ///< our word for where it stands; the name of a field of Job::extra
    std::string trace, span, parent_span;
    TraceStatus status = TraceStatus::absent;
  };
  using Classify = TraceStatus (*)(const std::string& trace);

  /// `classify` and `is_constant` know what a system writes in place of trace and span ids; a span that is a constant
  /// connects nothing and is left out. nullptr: there are none.
  explicit TraceCandidates(Classify classify = nullptr, bool (*is_constant)(std::string_view span) = nullptr)
      : classify_(classify), is_constant_(is_constant) {}

  /// Nothing is added for an empty trace id.
  void add(std::string place, std::string_view trace, std::string_view span, std::string_view parent_span = {});

  /// A carrier: a JSON object with traceparent and the like (context_from_carrier), or a bare header or id.
  void add_carrier(std::string place, std::string_view text);

  /// Fills Job::trace: the best candidate, and the other trace ids as further ones; the others stand in Job::extra
  /// under the names of their places. Returns the best; nullptr: there is none.
  const Candidate* fill(Job& job) const;

 private:
  std::string span_of(std::string_view stored) const;

  Classify classify_;
  bool (*is_constant_)(std::string_view span);
  std::vector<Candidate> found_;
};

}  // namespace queuetrace
