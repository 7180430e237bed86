// The indexes of Hammerwork's tables that lookups rely on. Part of system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/engines/sql/system.hpp"

namespace queuetrace::hammerwork {

inline constexpr std::array indexes{
    SqlIndexCheck{"hammerwork_jobs", "trace_id",
                  "CREATE INDEX CONCURRENTLY idx_hammerwork_jobs_trace_id ON {hammerwork_jobs} (trace_id) WHERE "
                  "trace_id IS NOT NULL",
                  "trace_id"},
    SqlIndexCheck{"hammerwork_jobs", "correlation_id",
                  "CREATE INDEX CONCURRENTLY idx_hammerwork_jobs_correlation_id ON {hammerwork_jobs} (correlation_id) "
                  "WHERE correlation_id IS NOT NULL",
                  "correlation_id"},
    SqlIndexCheck{"hammerwork_jobs", "parent_span_id",
                  "CREATE INDEX CONCURRENTLY idx_hammerwork_jobs_parent_span_id ON {hammerwork_jobs} (parent_span_id) "
                  "WHERE parent_span_id IS NOT NULL",
                  "parent_span_id"},
    SqlIndexCheck{
        "hammerwork_jobs_archive", "trace_id",
        "CREATE INDEX CONCURRENTLY idx_hammerwork_jobs_archive_trace_id ON {hammerwork_jobs_archive} (trace_id) "
        "WHERE trace_id IS NOT NULL",
        "trace_id"},
    SqlIndexCheck{"hammerwork_jobs_archive", "correlation_id",
                  "CREATE INDEX CONCURRENTLY idx_hammerwork_jobs_archive_correlation_id ON {hammerwork_jobs_archive} "
                  "(correlation_id) WHERE correlation_id IS NOT NULL",
                  "correlation_id"},
};

}  // namespace queuetrace::hammerwork
