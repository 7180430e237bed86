// Where jobs of emp-job-queue carry trace context (docs/systems/emp-job-queue.md section 7).
#include "backends/systems/emp_job_queue/trace.hpp"

#include <algorithm>

#include "tracing/trace_id.hpp"

namespace queuetrace::emp_job_queue {
namespace {

using nlohmann::json;

/// One place that may hold a trace id; the first with the best id is the job's.
struct Candidate {
  std::string name;
  std::string trace;
  std::string span;
  std::string parent_span;
  TraceStatus status = TraceStatus::absent;
};

/// The span of a candidate; a constant in its place connects nothing.
std::string span_of(std::string_view stored) { return is_placeholder(stored) ? std::string() : std::string(stored); }

TraceStatus classify(const std::string& trace) {
  if (trace.starts_with("trace_")) return TraceStatus::placeholder;
  return classify_trace_id(trace, {placeholders.begin(), placeholders.end()});
}

struct Candidates {
  std::vector<Candidate> found;

  void add(std::string name, std::string_view trace, std::string_view span, std::string_view parent = {}) {
    if (trace.empty()) return;
    Candidate candidate{std::move(name), std::string(trace), span_of(span), span_of(parent), {}};
    candidate.status = classify(candidate.trace);
    found.push_back(std::move(candidate));
  }

  /// A carrier: a JSON object with traceparent and the like, or a bare traceparent.
  void add_carrier(std::string name, std::string_view text) {
    if (text.empty()) return;
    if (const std::optional<TraceContext> context = context_from_carrier(text); context && context->trace_id) {
      add(std::move(name), context->trace_id->raw(), context->span_id ? context->span_id->raw() : std::string(),
          context->parent_span_id ? context->parent_span_id->raw() : std::string());
      return;
    }
    if (text.front() == '{') return;
    const ParsedTraceId parsed = parse_stored_trace_id(text);
    if (!parsed.canonical.empty() && !parsed.span.empty())
      add(std::move(name), parsed.canonical, {}, parsed.span);
    else
      add(std::move(name), text, {});
  }

  void add_members(const json& payload) {
    if (!payload.is_object()) return;
    for (const char* member : {"_traceContext", "trace_context", "traceparent", "trace_id"}) {
      const auto value = payload.find(member);
      if (value == payload.end()) continue;
      const std::string text =
          value->is_string()
              ? value->get<std::string>()
              : (value->is_object() ? value->dump(-1, ' ', false, json::error_handler_t::replace) : std::string());
      add_carrier(std::string("payload.") + member, text);
    }
  }
};

int worth(TraceStatus status) {
  switch (status) {
    case TraceStatus::w3c: return 3;
    case TraceStatus::opaque: return 2;
    case TraceStatus::placeholder: return 1;
    case TraceStatus::absent: break;
  }
  return 0;
}

std::optional<Untrusted> filled(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(Untrusted(text));
}

}  // namespace

bool is_placeholder(std::string_view id) {
  return std::ranges::find(placeholders, id) != placeholders.end() ||
         (!id.empty() && id.find_first_not_of('0') == std::string_view::npos);
}

void read_trace(Job& job, const JobHash& hash, const json& payload) {
  const auto field = [&](std::string_view name) { return hash.filled(name).value_or(std::string_view()); };
  Candidates candidates;
  candidates.add("job_trace_id", field("job_trace_id"), field("job_span_id"));
  candidates.add_carrier("trace_context", field("trace_context"));
  candidates.add_carrier("traceparent", field("traceparent"));
  candidates.add_carrier("trace_id", field("trace_id"));
  candidates.add_members(payload);
  candidates.add("workflow_trace_id", field("workflow_trace_id"), field("workflow_span_id"));
  if (candidates.found.empty()) return;
  const Candidate& best =
      *std::max_element(candidates.found.begin(), candidates.found.end(),
                        [](const Candidate& a, const Candidate& b) { return worth(a.status) < worth(b.status); });
  job.trace.trace_id = Untrusted(best.trace);
  job.trace.span_id = filled(best.span);
  job.trace.parent_span_id = filled(best.parent_span);
  job.trace.status = best.status;
  // The instrumentation of 2025-08-16 to 2025-09-29 made a job's span a child of its workflow's.
  if (best.name == "job_trace_id" && best.status == TraceStatus::w3c && field("workflow_trace_id") == best.trace)
    job.trace.parent_span_id = filled(span_of(field("workflow_span_id")));
  for (const Candidate& other : candidates.found) {
    if (&other == &best) continue;
    job.extra.push_back({other.name, Untrusted(other.trace)});
    const bool known =
        other.trace == best.trace || std::any_of(job.trace.further_trace_ids.begin(), job.trace.further_trace_ids.end(),
                                                 [&](const Untrusted& id) { return id.raw() == other.trace; });
    if (!known && worth(other.status) > worth(TraceStatus::placeholder))
      job.trace.further_trace_ids.emplace_back(other.trace);
  }
  if (best.status == TraceStatus::placeholder)
    job.notes.push_back({"placeholder-trace",
                         "a constant stands in place of the trace id; the workflow id is the only "
                         "thing that connects jobs"});
}

}  // namespace queuetrace::emp_job_queue
