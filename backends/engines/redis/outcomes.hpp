// What became of jobs, as records under their ids that another installation keeps (RedisOutcomes).
#pragma once

#include <span>
#include <utility>
#include <vector>

#include "backends/engines/redis/keyspace.hpp"

namespace queuetrace {

class Outcomes {
 public:
  /// `keys`: of the system whose records they are.
  explicit Outcomes(RedisKeyspace keys) : keys_(std::move(keys)) {}

  /// The outcomes that there are, each with the index of its job: a pipeline for at most 500 jobs, two where records
  /// may be large. `payload`: with results. Throws Error as RedisConnection does.
  std::vector<std::pair<std::size_t, Job>> of(std::span<const Job* const> jobs, bool payload);

  /// Whether the key is that of an outcome.
  bool has_key(std::string_view key) const;
  const RedisKeyspace& keys() const { return keys_; }

 private:
  /// The place of the records; nullptr: the system has none.
  const Place* records() const;

  RedisKeyspace keys_;
};

}  // namespace queuetrace
