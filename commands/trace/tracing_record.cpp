#include "commands/trace/tracing_record.hpp"

#include "model/job_state.hpp"

namespace queuetrace {
namespace {

Value or_unknown(const std::optional<Untrusted>& text) { return text ? Value{*text} : Value{}; }
Value or_unknown(const std::string& text) { return text.empty() ? Value{} : Value{text}; }

}  // namespace

Fields tracing_record(const Job& job, const JobLinks& links, const Viewer& viewer, Timestamp now,
                      const RelatedJobs* related) {
  const Viewer::Link link = viewer.trace_link(job, now);
  const Viewer::Link search = viewer.search_link(job, now);
  Values actions;
  for (const TraceAction& action : links.actions)
    actions.push_back(Fields{{"type", action.type},
                             {"label", action.label},
                             {"command", or_unknown(action.command)},
                             {"url", or_unknown(action.url)},
                             {"description", action.description}});
  Fields fields{{"status", std::string(to_word(job.trace.status))},
                {"trace_id", or_unknown(job.trace.trace_id)},
                {"span_id", or_unknown(job.trace.span_id)},
                {"parent_span_id", or_unknown(job.trace.parent_span_id)},
                {"correlation_id", or_unknown(job.trace.correlation_id)},
                {"causation_id", or_unknown(job.trace.causation_id)},
                {"viewer", viewer.name()},
                {"url", link.url ? Value{*link.url} : Value{}},
                {"reason", link.url ? Value{} : or_unknown(link.reason)},
                {"search_url", search.url ? Value{*search.url} : Value{}},
                {"actions", std::move(actions)}};
  if (related == nullptr) return fields;
  Values others;
  for (const RelatedJob& other : related->shown)
    others.push_back(Fields{{"ref", Untrusted(other.job.ref.source + "/" + other.job.ref.id.raw())},
                            {"state", std::string(to_word(other.job.state))},
                            {"queue", or_unknown(other.job.queue)},
                            {"kind", or_unknown(other.job.kind)},
                            {"created_at", other.job.created_at ? Value{*other.job.created_at} : Value{}},
                            {"related_by", std::string(other.by_trace ? "trace" : "correlation")}});
  fields.push_back({"related", std::move(others)});
  fields.push_back({"more", static_cast<std::int64_t>(related->more)});
  fields.push_back({"more_at_least", related->at_least});
  return fields;
}

}  // namespace queuetrace
