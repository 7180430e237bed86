// Which spans of a trace are a job's own: those in which it ran, and the one in which it was made.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include "model/job.hpp"
#include "model/span.hpp"

namespace queuetrace {

/// The spans of one job, as places in the list of spans.
struct SpansOfJob {
  std::vector<std::size_t> runs;     ///< in time order; more than one: its tries
  std::optional<std::size_t> maker;  ///< the span that sent it, or the one that its run has as a parent
  SpanTie tie = SpanTie::attribute;  ///< of runs
};

/// For each job, by place. A span is the run of one job at most; facts are taken in the order of SpanTie, for all jobs
/// before the next. An attribute that holds the id counts in spans of consumers, and in internal ones, servers and
/// spans of no kind where no consumer has it; what merely receives or settles a message is no run. Ids shorter than 16
/// bytes count only where the queue that the span names, if any, is the job's. Cost: linear in spans and their
/// attributes, and in jobs with the same maker squared.
std::vector<SpansOfJob> join_spans(const std::vector<Job>& jobs, const std::vector<Span>& spans);

/// The span id that a job stores, as Span::id: hex of up to 16 digits, or decimal as Datadog writes it. Empty when it
/// is neither, or zero.
std::string span_key(const std::optional<Untrusted>& stored);

/// The trace id that a job stores, as Span::trace; empty when it has none that a span store knows.
std::string span_trace_key(const Job& job);

}  // namespace queuetrace
