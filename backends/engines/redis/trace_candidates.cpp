#include "backends/engines/redis/trace_candidates.hpp"

#include <algorithm>

#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

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

std::string_view raw_of(const std::optional<Untrusted>& text) {
  return text ? std::string_view(text->raw()) : std::string_view();
}

}  // namespace

std::string TraceCandidates::span_of(std::string_view stored) const {
  return is_constant_ != nullptr && is_constant_(stored) ? std::string() : std::string(stored);
}

void TraceCandidates::add(std::string place, std::string_view trace, std::string_view span,
                          std::string_view parent_span) {
  if (trace.empty()) return;
  Candidate candidate{std::move(place), std::string(trace), span_of(span), span_of(parent_span), {}};
  candidate.status = classify_ == nullptr ? classify_trace_id(candidate.trace) : classify_(candidate.trace);
  found_.push_back(std::move(candidate));
}

void TraceCandidates::add_carrier(std::string place, std::string_view text) {
  if (text.empty()) return;
  if (const std::optional<TraceContext> context = context_from_carrier(text); context && context->trace_id) {
    add(std::move(place), context->trace_id->raw(), raw_of(context->span_id), raw_of(context->parent_span_id));
    return;
  }
  if (text.front() == '{') return;
  const ParsedTraceId parsed = parse_stored_trace_id(text);
  if (!parsed.canonical.empty() && !parsed.span.empty())
    add(std::move(place), parsed.canonical, {}, parsed.span);
  else
    add(std::move(place), text, {});
}

const TraceCandidates::Candidate* TraceCandidates::fill(Job& job) const {
  if (found_.empty()) return nullptr;
  const Candidate& best = *std::ranges::max_element(found_, {}, [](const Candidate& one) { return worth(one.status); });
  TraceContext& trace = job.trace;
  trace.trace_id = Untrusted(best.trace);
  trace.span_id = filled(best.span);
  trace.parent_span_id = filled(best.parent_span);
  trace.status = best.status;
  for (const Candidate& other : found_) {
    if (&other == &best) continue;
    job.extra.push_back({other.place, Untrusted(other.trace)});
    const bool known = other.trace == best.trace ||
                       std::ranges::count(trace.further_trace_ids, Untrusted(std::string(other.trace))) > 0;
    if (!known && worth(other.status) > worth(TraceStatus::placeholder))
      trace.further_trace_ids.emplace_back(other.trace);
  }
  return &best;
}

}  // namespace queuetrace
