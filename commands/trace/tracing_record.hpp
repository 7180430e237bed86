// The `tracing` object of `job show --include-tracing`.
#pragma once

#include "commands/job/related_jobs.hpp"
#include "formatters/job_record.hpp"
#include "model/job.hpp"
#include "model/value.hpp"
#include "tracing/viewer.hpp"

namespace queuetrace {

/// status, trace_id, span_id, parent_span_id, correlation_id, causation_id, viewer, url or reason (and search_url,
/// where the viewer has an attribute search), actions; with `related` also related, more, more_at_least.
Fields tracing_record(const Job& job, const JobLinks& links, const Viewer& viewer, Timestamp now,
                      const RelatedJobs* related = nullptr);

}  // namespace queuetrace
