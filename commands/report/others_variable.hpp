// Sources that an environment variable names which is set for other programs, too.
#pragma once

#include "model/source.hpp"

namespace queuetrace {

/// Whether it is one. Where it holds no queue system, that is no failure as long as another source answers.
inline bool is_of_another_program(const Source& source) {
  return source.origin == "DATABASE_URL" || source.origin == "REDIS_URL" || source.origin.starts_with("PG");
}

}  // namespace queuetrace
