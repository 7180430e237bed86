// Opens where a source keeps the results of its jobs, and joins a system's jobs with them (RedisOutcomes).
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <string>

#include "backends/engines/redis/keyspace.hpp"
#include "backends/engines/redis/outcome_rule.hpp"
#include "backends/job_store.hpp"

namespace queuetrace {

/// The results that a source names, and the system whose jobs they belong to.
class NamedResults {
 public:
  /// Which of the rules the source names results for, whose jobs are of one of the systems; nullptr: of none.
  static const RedisOutcomes* rule_for(const Source& source, std::span<const RedisSystem* const> systems,
                                       std::span<const RedisOutcomes> rules);

  /// Connects. Throws Error{usage} where the results of several installations are there and none is named, and what
  /// connecting throws.
  NamedResults(const RedisOutcomes& rule, const Source& source, Access access);

  bool belong_to(const RedisSystem& system) const { return &system == rule_.jobs; }
  /// Whether an installation in the database of the source is these very results, which are shown with their jobs.
  bool are(const RedisConnection& connection, const RedisSystem& system, const std::string& prefix) const;

  std::unique_ptr<JobStore> join(RedisKeyspace jobs) const;

 private:
  const RedisOutcomes& rule_;
  std::optional<RedisKeyspace> records_;
};

}  // namespace queuetrace
