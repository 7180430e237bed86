// Where jobs of emp-job-queue carry trace context (docs/systems/emp-job-queue.md section 7).
#include "backends/systems/emp_job_queue/trace.hpp"

#include <algorithm>

#include "backends/engines/redis/trace_candidates.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace::emp_job_queue {
namespace {

using nlohmann::json;

TraceStatus classify(const std::string& trace) {
  if (trace.starts_with("trace_")) return TraceStatus::placeholder;
  return classify_trace_id(trace, {placeholders.begin(), placeholders.end()});
}

void add_members(TraceCandidates& candidates, const json& payload) {
  if (!payload.is_object()) return;
  for (const char* member : {"_traceContext", "trace_context", "traceparent", "trace_id"}) {
    const auto value = payload.find(member);
    if (value == payload.end()) continue;
    const std::string text =
        value->is_string()
            ? value->get<std::string>()
            : (value->is_object() ? value->dump(-1, ' ', false, json::error_handler_t::replace) : std::string());
    candidates.add_carrier(std::string("payload.") + member, text);
  }
}

}  // namespace

bool is_placeholder(std::string_view id) {
  return std::ranges::find(placeholders, id) != placeholders.end() ||
         (!id.empty() && id.find_first_not_of('0') == std::string_view::npos);
}

void read_trace(Job& job, const JobHash& hash, const json& payload) {
  const auto field = [&](std::string_view name) { return hash.filled(name).value_or(std::string_view()); };
  TraceCandidates candidates(classify, is_placeholder);
  candidates.add("job_trace_id", field("job_trace_id"), field("job_span_id"));
  candidates.add_carrier("trace_context", field("trace_context"));
  candidates.add_carrier("traceparent", field("traceparent"));
  candidates.add_carrier("trace_id", field("trace_id"));
  add_members(candidates, payload);
  candidates.add("workflow_trace_id", field("workflow_trace_id"), field("workflow_span_id"));
  const TraceCandidates::Candidate* best = candidates.fill(job);
  if (best == nullptr) return;
  // The instrumentation of 2025-08-16 to 2025-09-29 made a job's span a child of its workflow's.
  const std::string_view span = field("workflow_span_id");
  if (best->place == "job_trace_id" && best->status == TraceStatus::w3c && field("workflow_trace_id") == best->trace)
    job.trace.parent_span_id =
        span.empty() || is_placeholder(span) ? std::nullopt : std::optional(Untrusted(std::string(span)));
  if (best->status == TraceStatus::placeholder)
    job.notes.push_back({"placeholder-trace",
                         "a constant stands in place of the trace id; the workflow id is the only "
                         "thing that connects jobs"});
}

}  // namespace queuetrace::emp_job_queue
