// GoodJob (Ruby on Rails), in PostgreSQL.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::good_job {

extern const SqlSystem system;

}  // namespace queuetrace::good_job
