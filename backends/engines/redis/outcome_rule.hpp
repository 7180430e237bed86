// That a system keeps jobs and what became of them apart.
#pragma once

#include <string_view>

#include "model/job.hpp"

namespace queuetrace {

struct RedisSystem;

/// What became of a system's jobs, under their ids, perhaps in another database: a source that names it shows both as
/// one (joined_store.hpp).
struct RedisOutcomes {
  const RedisSystem* jobs = nullptr;
  const RedisSystem* records = nullptr;  ///< the system that reads the outcomes, as records
  std::string_view url_option = {};      ///< of Source::keys: where they are; may hold a password
  std::string_view prefix_option = {};   ///< of Source::keys: the prefix of its records, where there are several
  /// Adds what is known of the same job there. What it is and where it waits stays as the job itself says.
  void (*join)(Job& job, Job&& outcome) = nullptr;
};

}  // namespace queuetrace
