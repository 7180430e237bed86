// What queuetrace knows about a queue system, for `system list`, `system show` and for checking `--state` words.
#pragma once

#include <span>
#include <string_view>

#include "model/job_state.hpp"
#include "model/span_search.hpp"

namespace queuetrace {

/// One word of the system and the state it means. `when`: under which condition; empty: always.
struct StateMapping {
  std::string_view native;
  JobState state = JobState::unknown;
  std::string_view when = {};
};

enum class StorageFamily { postgresql, redis, sqlite };

/// Constant, trusted text.
struct SystemInfo {
  std::string_view name;   ///< `hammerwork`: what `system =` and `source/system` take
  std::string_view title;  ///< `Hammerwork`
  StorageFamily family = StorageFamily::postgresql;
  std::string_view summary;   ///< one line
  std::string_view versions;  ///< releases or commits the facts were checked against
  std::string_view storage;   ///< tables or keys, one line
  std::string_view order;     ///< how workers choose the next job, one sentence
  std::string_view trace;     ///< where trace context lives, one sentence
  std::string_view limits;    ///< what the system does not record, one sentence
  std::span<const StateMapping> states;
  SpanSearch spans = {};
};

/// `postgresql`, `redis`, `sqlite`.
std::string_view to_word(StorageFamily family);

}  // namespace queuetrace
