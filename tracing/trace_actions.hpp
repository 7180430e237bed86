// The trace actions of a job: copy, open, view, as go-redis-work-queue names them (docs/tracing.md section 0.2), with
// commands that are queuetrace's own.
#pragma once

#include <string>
#include <string_view>

#include "model/job.hpp"
#include "model/trace_action.hpp"
#include "tracing/viewer.hpp"

namespace queuetrace {

/// The links of one job. `viewer_name`: empty for the preferred one; throws Error{usage} for one that is not
/// configured. Without a usable trace id the only action is the attribute search of the viewer, where it has one.
/// `command` is empty where the job's reference is outside the allow-list of is_safe_argument().
JobLinks job_links(const Job& job, const Viewers& viewers, std::string_view viewer_name, bool copy_actions,
                   bool open_actions, Timestamp now);

/// Whether a text may be part of a command line that is printed for people to paste into whatever shell they use:
/// `[A-Za-z0-9][A-Za-z0-9._:-]{0,127}` (docs/threats.md section 5.1).
bool is_safe_argument(std::string_view text);

}  // namespace queuetrace
