// What a job points to, as questions for stores.
#pragma once

#include <compare>
#include <string>
#include <tuple>
#include <vector>

#include "model/job.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

/// One thing to look for.
struct LinkKey {
  /// `id`: that job itself. `span`: jobs with that span or parent span. `parent`: jobs that name that id as a parent.
  enum class Kind { trace, correlation, id, span, parent, workflow, batch };
  Kind kind = Kind::trace;
  std::string text;
  bool own_store_only = false;  ///< too short to mean the same job elsewhere

  friend auto operator<=>(const LinkKey& left, const LinkKey& right) {
    return std::tie(left.kind, left.text) <=> std::tie(right.kind, right.text);
  }
  friend bool operator==(const LinkKey& left, const LinkKey& right) {
    return left.kind == right.kind && left.text == right.text;
  }
};

/// Everything the job points to, by the rules of trace_collect.hpp.
std::vector<LinkKey> link_keys(const Job& job);

/// Whether the job carries the trace, in this or another spelling.
bool names_trace(const Job& job, const TraceQuery& trace);

/// Whether the job is what `key` asks for; an id and nothing less.
bool fits(const Job& job, const LinkKey& key);

/// The filter that asks for keys of one kind.
JobFilter link_filter(LinkKey::Kind kind, const std::vector<std::string>& texts);

}  // namespace queuetrace
