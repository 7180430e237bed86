#include "commands/trace/spans.hpp"

#include <algorithm>
#include <chrono>
#include <map>

#include "commands/report/outcomes.hpp"
#include "model/count_words.hpp"
#include "tracing/rebuilt_spans.hpp"
#include "tracing/span_join.hpp"
#include "tracing/span_store/span_store.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_traces = 8;
constexpr std::chrono::seconds longest{10};

struct WantedTrace {
  std::string id;
  const Viewer* viewer = nullptr;
};

std::vector<WantedTrace> wanted_traces(const std::vector<Job>& jobs, const std::optional<std::string>& typed,
                                       const LinkMaker& links) {
  std::vector<WantedTrace> wanted;
  for (const Job& job : jobs) {
    const std::string id = span_trace_key(job);
    const bool known = std::ranges::any_of(wanted, [&](const WantedTrace& one) { return one.id == id; });
    if (!id.empty() && !known) wanted.push_back({id, &links.viewer_for(job.ref.source)});
  }
  if (wanted.empty() && typed) wanted.push_back({*typed, &links.viewer_for("")});
  return wanted;
}

/// Asks for one trace.
SpanOutcome ask(const WantedTrace& wanted, const std::vector<Job>& jobs, const Context& context,
                const HttpBounds& bounds, std::map<std::string, Error>& failed, ReadSpans& read) {
  SpanOutcome outcome;
  outcome.viewer = wanted.viewer->name();
  outcome.shown_by = wanted.viewer;
  outcome.trace = wanted.id;
  const SpanStoreChoice choice = span_store_of(*wanted.viewer, context);
  if (!choice.settings) {
    outcome.error = Error(ErrorKind::usage, choice.problem).with_hint(choice.hint);
    return outcome;
  }
  outcome.address = choice.settings->origin;
  if (const auto before = failed.find(outcome.viewer); before != failed.end()) {
    outcome.error = before->second;
    return outcome;
  }
  const auto begin = std::chrono::steady_clock::now();
  SpanAnswer answer = read_spans(*choice.settings, *number_from_hex(wanted.id), bounds);
  outcome.elapsed = std::chrono::duration_cast<Milliseconds>(std::chrono::steady_clock::now() - begin);
  outcome.spans = answer.spans.size();
  outcome.rebuilt = leave_out_rebuilt(answer.spans, jobs);
  if (!answer.incomplete.empty()) outcome.truncated = answer.incomplete;
  if (answer.outcome == SpanAnswer::Outcome::failed) {
    outcome.error = Error(answer.kind, answer.problem);
    failed.emplace(outcome.viewer, *outcome.error);
  }
  if (!answer.spans.empty()) read.traces.push_back(wanted.id);
  std::ranges::move(answer.spans, std::back_inserter(read.spans));
  return outcome;
}

std::string not_found_words(const SpanOutcome& outcome) {
  return outcome.store() + " has no spans of trace " + outcome.trace + ": not sampled, not sent there, or not kept";
}

std::string rebuilt_words(const SpanOutcome& outcome) {
  return outcome.store() + ": " + count_words(outcome.rebuilt, "span") +
         " that trace export rebuilt from these jobs left out";
}

bool is_not_found(const SpanOutcome& outcome) { return !outcome.error && outcome.spans == 0; }

Value error_value(const Error& error) {
  Fields fields{{"code", std::string(to_word(error.kind()))}, {"message", Untrusted(error.what())}};
  if (!error.hint().empty()) fields.push_back({"hint", error.hint()});
  return fields;
}

}  // namespace

std::string SpanOutcome::store() const { return address.empty() ? viewer : viewer + " (" + address + ")"; }

SpanStoreChoice span_store_of(const Viewer& viewer, const Context& context) {
  std::vector<ViewerSettings> known = context.configuration.viewers;
  std::ranges::move(built_in_viewers(), std::back_inserter(known));
  const auto found = std::ranges::find(known, viewer.name(), &ViewerSettings::name);
  return span_store_settings(found == known.end() ? ViewerSettings() : *found, context.surroundings.environment);
}

HttpBounds span_bounds(const Context& context) {
  const bool has_own = context.limits.deadline != std::chrono::steady_clock::time_point::max();
  HttpBounds bounds;
  bounds.deadline = has_own ? context.limits.deadline : std::chrono::steady_clock::now() + longest;
  bounds.stop = context.limits.stop;
  return bounds;
}

TraceSpans read_trace_spans(const std::vector<Job>& jobs, const std::optional<std::string>& typed,
                            const LinkMaker& links, const Context& context) {
  TraceSpans spans;
  std::vector<WantedTrace> wanted = wanted_traces(jobs, typed, links);
  if (wanted.size() > most_traces) {
    spans.truncated = "spans of the first " + count_words(most_traces, "trace") + " only, of " + grouped(wanted.size());
    wanted.resize(most_traces);
  }
  const HttpBounds bounds = span_bounds(context);
  std::map<std::string, Error> failed;
  for (const WantedTrace& one : wanted) spans.outcomes.push_back(ask(one, jobs, context, bounds, failed, spans.read));
  return spans;
}

std::optional<std::string> span_url(const Span& span, const TraceSpans& spans, Timestamp now) {
  const auto found = std::ranges::find(spans.outcomes, span.trace, &SpanOutcome::trace);
  if (found == spans.outcomes.end() || found->shown_by == nullptr) return std::nullopt;
  Job same;  // links are made of jobs
  same.trace.trace_id = Untrusted(span.trace);
  same.trace.span_id = Untrusted(span.id);
  same.trace.status = TraceStatus::w3c;
  same.created_at = span.begin;
  same.finished_at = span.end;
  return found->shown_by->trace_link(same, now).url;
}

std::vector<std::string> span_remarks(const TraceSpans& spans) {
  std::vector<std::string> remarks;
  const auto add = [&remarks](const std::string& remark) {
    if (std::ranges::find(remarks, remark) == remarks.end()) remarks.push_back(remark);
  };
  for (const SpanOutcome& outcome : spans.outcomes) {
    if (outcome.error)
      add(outcome.store() + ": " + one_line(*outcome.error) + "; shown without its spans");
    else if (is_not_found(outcome))
      add(not_found_words(outcome));
    else if (outcome.truncated)
      add(outcome.store() + ": incomplete: " + *outcome.truncated);
    if (outcome.rebuilt > 0) add(rebuilt_words(outcome));
  }
  if (spans.outcomes.empty()) add("no trace id to read spans by");
  if (spans.truncated) add("incomplete: " + *spans.truncated);
  return remarks;
}

void report_spans(const TraceSpans& spans, Notices& notices) {
  const bool all_well = with_spans(spans, ExitCode::done) == ExitCode::done;
  for (const std::string& remark : span_remarks(spans)) all_well ? notices.note(remark) : notices.warning(remark);
}

Field span_outcome_field(const TraceSpans& spans) {
  Values stores;
  for (const SpanOutcome& outcome : spans.outcomes) {
    const std::string status = outcome.error           ? "failed"
                               : is_not_found(outcome) ? "not_found"
                               : outcome.truncated     ? "truncated"
                                                       : "ok";
    stores.push_back(Fields{{"viewer", outcome.viewer},
                            {"address", outcome.address.empty() ? Value{} : Value{outcome.address}},
                            {"trace_id", outcome.trace},
                            {"status", status},
                            {"spans", static_cast<std::int64_t>(outcome.spans)},
                            {"rebuilt", static_cast<std::int64_t>(outcome.rebuilt)},
                            {"error", outcome.error ? error_value(*outcome.error) : Value{}},
                            {"truncated", outcome.truncated ? Value{*outcome.truncated} : Value{}},
                            {"elapsed_ms", outcome.elapsed}});
  }
  return {"span_stores", std::move(stores)};
}

ExitCode with_spans(const TraceSpans& spans, ExitCode otherwise) {
  const bool whole = !spans.truncated && std::ranges::none_of(spans.outcomes, [](const SpanOutcome& outcome) {
    return outcome.error || outcome.truncated;
  });
  return whole || otherwise != ExitCode::done ? otherwise : ExitCode::partial;
}

}  // namespace queuetrace
