#include "commands/trace/links.hpp"

#include <algorithm>

#include "model/error.hpp"
#include "tracing/trace_id.hpp"
#include "tracing/trace_key.hpp"
#include "tracing/tying_id.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t long_id = 16;

void add(std::vector<LinkKey>& keys, LinkKey::Kind kind, const std::optional<Untrusted>& text,
         bool own_store_only = false) {
  if (text && !is_no_id(text->raw())) keys.push_back({kind, text->raw(), own_store_only});
}

void add_id(std::vector<LinkKey>& keys, LinkKey::Kind kind, const Untrusted& id) {
  add(keys, kind, id, id.size() < long_id);
}

}  // namespace

std::vector<LinkKey> link_keys(const Job& job) {
  using Kind = LinkKey::Kind;
  std::vector<LinkKey> keys;
  add(keys, Kind::trace, Untrusted(shared_trace_key(job)));
  add(keys, Kind::correlation, job.trace.correlation_id);
  add(keys, Kind::workflow, job.workflow_id);
  add(keys, Kind::batch, job.batch_id);
  for (const Untrusted& parent : job.parents) add_id(keys, Kind::id, parent);
  if (job.trace.causation_id) add_id(keys, Kind::id, *job.trace.causation_id);
  if (const std::optional<Untrusted>& parent = job.trace.parent_span_id; parent && parent->size() == 36)
    add_id(keys, Kind::id, *parent);
  else if (ties(job, parent))
    add_id(keys, Kind::span, *parent);
  if (ties(job, job.trace.span_id)) add(keys, Kind::span, job.trace.span_id);
  // What others name it by, whatever it is.
  for (const Kind kind : {Kind::span, Kind::parent})
    keys.push_back({kind, job.ref.id.raw(), job.ref.id.size() < long_id});
  return keys;
}

bool names_trace(const Job& job, const TraceQuery& trace) {
  const auto& stored = job.trace;
  return (stored.trace_id && !stored.trace_id->empty() && matches(trace, stored.trace_id->raw())) ||
         std::ranges::any_of(stored.further_trace_ids, [&](const Untrusted& id) { return matches(trace, id.raw()); });
}

bool fits(const Job& job, const LinkKey& key) {
  const auto is = [&](const std::optional<Untrusted>& text) { return text && text->raw() == key.text; };
  switch (key.kind) {
    case LinkKey::Kind::trace: return names_trace(job, link_filter(key.kind, {key.text}).traces.front());
    case LinkKey::Kind::correlation: return is(job.trace.correlation_id);
    case LinkKey::Kind::id: return is(job.ref.id);
    case LinkKey::Kind::span: return is(job.trace.span_id) || is(job.trace.parent_span_id);
    case LinkKey::Kind::parent: return is(job.trace.causation_id) || std::ranges::any_of(job.parents, is);
    case LinkKey::Kind::workflow: return is(job.workflow_id);
    case LinkKey::Kind::batch: return is(job.batch_id);
  }
  return false;
}

JobFilter link_filter(LinkKey::Kind kind, const std::vector<std::string>& texts) {
  JobFilter filter;
  switch (kind) {
    case LinkKey::Kind::trace:
      for (const std::string& text : texts) {
        const ParsedTraceId parsed = parse_stored_trace_id(text);
        filter.traces.push_back(make_trace_query(text, parsed.canonical != text));
      }
      break;
    case LinkKey::Kind::correlation: filter.correlation_ids = texts; break;
    case LinkKey::Kind::id: filter.ids = texts; break;
    case LinkKey::Kind::span: filter.span_ids = texts; break;
    case LinkKey::Kind::parent: filter.parents = texts; break;
    case LinkKey::Kind::workflow: filter.workflows = texts; break;
    case LinkKey::Kind::batch: filter.batches = texts; break;
  }
  return filter;
}

}  // namespace queuetrace
