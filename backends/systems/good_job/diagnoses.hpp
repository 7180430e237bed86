// What goes wrong in GoodJob's tables and can be seen there (docs/systems/good-job.md sections 3 and 4). Part of
// system.cpp, apart for its length.
#pragma once

#include <array>

#include "backends/systems/good_job/fields.hpp"

namespace queuetrace::good_job {

inline constexpr Text due_long = "j.finished_at IS NULL AND j.performed_at IS NULL AND j.scheduled_at < " + utc_now +
                                 " - interval '{=alert_age} seconds'";

inline constexpr std::array diagnoses{
    SqlDiagnosisRule{.code = "interrupted",
                     .severity = Finding::Severity::warning,
                     .subject = "jobs that began",
                     .text =
                         "have not ended, no worker holds them and their process is gone: they are taken again, some "
                         "workers only after the dead process is cleaned up",
                     .predicate = constant<interrupted>,
                     .remedy = "queuetrace peek -s <source>"},
    SqlDiagnosisRule{
        .code = "not-taken",
        .severity = Finding::Severity::warning,
        .subject = "queued jobs",
        .text = "are due for over {~alert_age}: no worker takes from their queue, it is paused, or the workers "
                "are too slow",
        .predicate = constant<due_long>,
        .remedy = "queuetrace peek -s <source> --why"},
    SqlDiagnosisRule{
        .code = "no-process",
        .severity = Finding::Severity::problem,
        .subject = "queues",
        .text = "have due jobs, and no process has written a heartbeat within the last five minutes",
        .rows = constant<"SELECT DISTINCT coalesce(j.queue_name, 'default') AS found FROM {good_jobs} j WHERE "
                         "j.finished_at IS NULL AND j.scheduled_at < " +
                         utc_now +
                         " - interval '1 minute' AND NOT EXISTS (SELECT 1 FROM {good_job_processes} p WHERE "
                         "p.updated_at > " +
                         utc_now + " - interval '5 minutes')">,
        .of_jobs = false,
        .remedy = "bundle exec good_job start",
        .in_check = true},
    SqlDiagnosisRule{
        .code = "dead-process",
        .severity = Finding::Severity::note,
        .subject = "processes",
        .text = "have been silent for over five minutes: they were killed, and are cleaned up when another "
                "one starts",
        .rows = constant<"SELECT coalesce((p.state ->> 'hostname') || ':' || (p.state ->> 'pid'), p.id::text) "
                         "AS found FROM {good_job_processes} p WHERE p.updated_at < " +
                         utc_now + " - interval '5 minutes'">,
        .of_jobs = false},
    SqlDiagnosisRule{
        .code = "batch-not-finished",
        .severity = Finding::Severity::warning,
        .subject = "batches",
        .text = "have no job left to run and are not finished for over {~alert_age}: a job was ended outside the "
                "application, so that their callbacks never run",
        .rows = constant<
            "SELECT b.id::text AS found FROM {good_job_batches} b WHERE b.finished_at IS NULL AND "
            "b.enqueued_at < " +
            utc_now +
            " - interval '{=alert_age} seconds' AND NOT EXISTS (SELECT 1 FROM {good_jobs} o WHERE o.finished_at IS "
            "NULL AND "
            "(o.batch_id = b.id "
            "OR o.batch_callback_id = b.id)) AND NOT EXISTS (SELECT 1 FROM {good_jobs} o WHERE o.finished_at > " +
            utc_now + " - interval '{=alert_age} seconds' AND o.batch_id = b.id)">,
        .of_jobs = false},
};

}  // namespace queuetrace::good_job
