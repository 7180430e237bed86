// A job as people read it: each fact once, what is wrong with it first.
#pragma once

#include <span>

#include "formatters/formatter.hpp"
#include "model/job.hpp"
#include "model/trace_action.hpp"

namespace queuetrace {

/// For details of `-o table`: state with attempts and since when, queue, error, whole id, times, links, payload. Times
/// are told in both ways where the options say `relative`.
Record job_screen_record(const Job& job, const JobLinks& links, const FormatterOptions& options);
std::span<const Column> job_screen_columns();

}  // namespace queuetrace
