// The outbox of the RusToK server (Rust), in PostgreSQL.
#pragma once

#include "backends/engines/sql/system.hpp"

namespace queuetrace::rustok_outbox {

extern const SqlSystem system;

}  // namespace queuetrace::rustok_outbox
