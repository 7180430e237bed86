// What `source check` looks at in Hammerwork's tables: the indexes that lookups rely on, and what is missing or odd.
// Part of system.cpp, apart for its length.
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

inline constexpr std::array findings{
    SqlFindingRule{.severity = Finding::Severity::warning,
                   .subject = "trace columns",
                   .text = "missing (schema before 009): no trace, correlation or span id is stored",
                   .remedy = "cargo hammerwork migration run",
                   .needs = "!trace_id"},
    SqlFindingRule{.severity = Finding::Severity::note,
                   .subject = "queue pauses",
                   .text = "hammerwork_queue_pause is missing (schema before 014): queues cannot be paused",
                   .remedy = "cargo hammerwork migration run",
                   .needs = "!hammerwork_queue_pause."},
    SqlFindingRule{.severity = Finding::Severity::warning,
                   .subject = "migrations",
                   .text = "depends_on is still jsonb, so 012 has not run; the runner of 1.8.0 to 1.15.x fails on it",
                   .remedy = "run migration 012 with psql, or with the CLI of release 2.0 or later",
                   .needs = "depends_on=jsonb encrypted_payload"},
    SqlFindingRule{.severity = Finding::Severity::warning,
                   .subject = "quoted states",
                   .text = "rows with quoted states exist; releases since 1.7.4 never take their pending ones",
                   .query = "SELECT EXISTS (SELECT 1 FROM {hammerwork_jobs} WHERE status LIKE '\"%')",
                   .needs = "!@dialect_A"},
    SqlFindingRule{
        .severity = Finding::Severity::note,
        .subject = "encryption",
        .text = "releases before 2.0 store payloads in clear text even where the application asked for encryption",
        .needs = "encrypted_payload !lease_expires_at"},
    SqlFindingRule{.severity = Finding::Severity::warning,
                   .subject = "running without a lease",
                   .text = "jobs claimed by 1.x workers run without a lease; nothing takes them back",
                   .remedy = "cargo hammerwork maintenance check --fix",
                   .query = "SELECT EXISTS (SELECT 1 FROM {hammerwork_jobs} WHERE status = 'Running' AND "
                            "lease_expires_at IS NULL)",
                   .needs = "lease_expires_at"},
    SqlFindingRule{.severity = Finding::Severity::note,
                   .subject = "parents done, never released",
                   .text = "jobs wait although all their parents have completed; 1.x workers do not release dependents",
                   .query = "SELECT EXISTS (SELECT 1 FROM {hammerwork_jobs} c WHERE c.dependency_status = 'waiting' "
                            "AND c.depends_on <> '{}' AND NOT EXISTS (SELECT 1 FROM unnest(c.depends_on) p(id) LEFT "
                            "JOIN {hammerwork_jobs} parent ON parent.id = p.id WHERE parent.status IS DISTINCT FROM "
                            "'Completed'))",
                   .needs = "depends_on=_uuid dependency_status"},
};

}  // namespace queuetrace::hammerwork
