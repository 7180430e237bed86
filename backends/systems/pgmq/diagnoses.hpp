// What goes wrong in PGMQ's tables and can be seen there (docs/systems/pgmq.md sections 2, 3 and 9). Part of
// system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/systems/pgmq/fields.hpp"

namespace queuetrace::pgmq {

inline constexpr std::string_view read_often = "j.read_ct >= {=many_reads}";

inline constexpr std::array settings{SqlSetting{"many_reads", 10, 2, 1'000'000}};

inline constexpr std::array diagnoses{
    SqlDiagnosisRule{.code = "read-often",
                     .severity = Finding::Severity::warning,
                     .subject = "messages",
                     .text = "were read {=many_reads} times or more and are still in their queues: consumers fail with "
                             "them, or their visibility time-out is too short; PGMQ itself never gives up",
                     .predicate = read_often,
                     .scanned = true,
                     .remedy = "queuetrace job list -s <source> --state retrying"},
    SqlDiagnosisRule{.code = "not-taken",
                     .severity = Finding::Severity::warning,
                     .subject = "visible messages",
                     .text = "could have been read for over {~alert_age}: nobody reads their queue, or too slowly",
                     .predicate = "j.vt < now() - interval '{=alert_age} seconds'",
                     .remedy = "queuetrace peek -s <source> --why"},
    SqlDiagnosisRule{.code = "leased-for-long",
                     .severity = Finding::Severity::warning,
                     .subject = "read messages",
                     .text = "are invisible for over a day to come: if their consumer is gone, nobody sees them before",
                     .predicate = "j.vt > now() + interval '1 day' AND j.read_ct > 0",
                     .remedy = "queuetrace job retry -s <source> ID --force"},
    SqlDiagnosisRule{
        .code = "missing-table",
        .severity = Finding::Severity::problem,
        .subject = "queues",
        .text = "are named in the table meta and have no table of their own: pgmq.metrics_all() fails for all queues",
        .rows = "SELECT m.queue_name AS found FROM {meta} m WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_class c JOIN "
                "pg_catalog.pg_class o ON o.relnamespace = c.relnamespace WHERE o.oid = m.tableoid AND c.relname = "
                "'q_' || lower(m.queue_name))",
        .of_jobs = false,
        .remedy = "DELETE FROM {meta} WHERE queue_name = 'NAME'",
        .in_check = true},
    SqlDiagnosisRule{.code = "shared-table",
                     .severity = Finding::Severity::warning,
                     .subject = "queues",
                     .text = "have one table together, because their names differ in capitals only: each sees the "
                             "other's messages, and dropping one drops both",
                     .rows = "SELECT m.queue_name AS found FROM {meta} m WHERE EXISTS (SELECT 1 FROM {meta} o WHERE "
                             "lower(o.queue_name) = lower(m.queue_name) AND o.queue_name <> m.queue_name)",
                     .of_jobs = false},
    SqlDiagnosisRule{.code = "unlogged",
                     .severity = Finding::Severity::note,
                     .subject = "queues",
                     .text = "are unlogged: their messages are lost when the server crashes",
                     .rows = "SELECT m.queue_name AS found FROM {meta} m WHERE m.is_unlogged",
                     .of_jobs = false,
                     .needs = "meta.is_unlogged",
                     .in_doctor = false,
                     .in_check = true},
};

}  // namespace queuetrace::pgmq
