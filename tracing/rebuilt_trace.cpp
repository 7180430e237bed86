#include "tracing/rebuilt_trace.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "tracing/characters.hpp"
#include "tracing/otlp_json.hpp"
#include "tracing/trace_key.hpp"
#include "tracing/trace_times.hpp"

namespace queuetrace {
namespace {

using SpanKind = RebuiltSpan::Kind;

/// FNV-1a, then mixed so that every bit of the text reaches every bit of the hash. Never zero.
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : text) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  hash = (hash ^ (hash >> 30U)) * 0xbf58476d1ce4e5b9U;
  hash = (hash ^ (hash >> 27U)) * 0x94d049bb133111ebU;
  hash ^= hash >> 31U;
  return hash == 0 ? 1 : hash;
}

TraceNumber trace_hash(const std::string& text) {
  return {hash_of("trace high " + text), hash_of("trace low " + text)};
}

std::string ref_of(const Job& job) { return job.ref.source + "/" + job.ref.id.raw(); }

std::optional<TraceNumber> own_trace(const Job& job) {
  const std::string key = shared_trace_key(job);
  if (key.empty()) return std::nullopt;
  const std::optional<TraceNumber> number = key.size() == 32 ? number_from_hex(key) : std::nullopt;
  if (number && number->is_zero()) return std::nullopt;
  return number ? number : trace_hash(key);
}

/// 16 hex digits that are not all zeros.
std::optional<std::uint64_t> stored_span(const std::optional<Untrusted>& text) {
  if (!text || text->size() != 16) return std::nullopt;
  const std::optional<TraceNumber> number = number_from_hex(text->raw());
  return number && number->low != 0 ? std::optional(number->low) : std::nullopt;
}

std::string with_queue(std::string_view operation, const Job& job) {
  return std::string(operation) + (job.queue && !job.queue->empty() ? " " + job.queue->raw() : "");
}

std::string service_of(const Job& job) {
  return job.spans.service.empty() ? job.system : std::string(job.spans.service);
}

void add_text(Fields& fields, std::string name, const std::optional<Untrusted>& text) {
  if (text && !text->empty()) fields.push_back({std::move(name), *text});
}

/// Whether the tree knows that the parent made the job, and not only that the job waited for it.
bool is_made_by_parent(const TraceNode& node) {
  return node.edge == TraceEdge::parent_job || node.edge == TraceEdge::parent_span || node.edge == TraceEdge::causation;
}

bool can_be_told(const TraceNode& node) {
  return node.job && node.begin() && node.end() && node.begin()->time_since_epoch().count() > 0;
}

class Rebuilder {
 public:
  explicit Rebuilder(const TraceTree& tree) : tree_(tree), traces_(tree.nodes.size()), ids_(tree.nodes.size()) {
    choose_traces();
    choose_ids();
  }

  RebuiltTraces rebuild() {
    for (std::size_t index = 0; index < tree_.nodes.size(); ++index) {
      const TraceNode& node = tree_.nodes[index];
      if (node.job && !can_be_told(node)) ++rebuilt_.jobs_without_times;
      if (can_be_told(node)) add_job(index);
    }
    return std::move(rebuilt_);
  }

 private:
  void choose_traces() {
    std::optional<TraceNumber> first;
    const Job* first_job = nullptr;
    for (const TraceNode& node : tree_.nodes) {
      if (!node.job) continue;
      if (first_job == nullptr) first_job = &*node.job;
      if (!first) first = own_trace(*node.job);
    }
    if (first_job == nullptr) return;
    const TraceNumber otherwise = first ? *first : trace_hash("job " + ref_of(*first_job));
    for (std::size_t index = 0; index < tree_.nodes.size(); ++index) {
      const TraceNode& node = tree_.nodes[index];
      const std::optional<TraceNumber> own = node.job ? own_trace(*node.job) : std::nullopt;
      traces_[index] = own ? *own : node.parent ? traces_[*node.parent] : otherwise;
    }
  }

  void choose_ids() {
    std::map<std::uint64_t, std::size_t> stored;
    for (const TraceNode& node : tree_.nodes)
      if (const auto span = node.job ? stored_span(node.job->trace.span_id) : std::nullopt) ++stored[*span];
    for (std::size_t index = 0; index < tree_.nodes.size(); ++index) {
      const TraceNode& node = tree_.nodes[index];
      if (!node.job) continue;
      const std::optional<std::uint64_t> own = stored_span(node.job->trace.span_id);
      // Not its own where others have it, too, or where it is the maker's (tracing/trace_link_finder.hpp).
      const bool is_own = own && stored[*own] == 1 && node.job->trace.span_id != node.job->trace.parent_span_id;
      ids_[index] = is_own ? claim(*own) : fresh_id(ref_of(*node.job) + " " + std::to_string(node.occurrence));
    }
  }

  std::uint64_t claim(std::uint64_t id) {
    used_.insert(id);
    return id;
  }
  std::uint64_t fresh_id(std::string text) {
    std::uint64_t id = hash_of(text);
    while (!used_.insert(id).second) id = hash_of(text += '+');
    return id;
  }

  RebuiltTrace& trace_of(std::size_t index) {
    const auto [place, fresh] = places_.try_emplace(traces_[index], rebuilt_.traces.size());
    if (fresh) rebuilt_.traces.emplace_back().id = traces_[index];
    return rebuilt_.traces[place->second];
  }

  void add_job(std::size_t index) {
    const TraceNode& node = tree_.nodes[index];
    const Job& job = *node.job;
    RebuiltTrace& trace = trace_of(index);
    ++trace.jobs;
    RebuiltSpan span;
    span.trace = traces_[index];
    span.id = ids_[index];
    span.name = with_queue("process", job);
    span.service = service_of(job);
    span.kind = SpanKind::consumer;
    span.begin = *node.begin();
    span.end = std::max(*node.begin(), *node.end());
    span.attributes = attributes_of(node);
    span.failed = job.state == JobState::failed || job.state == JobState::dead;
    if (span.failed && job.error && !job.error->empty()) span.failure = job.error;
    for (const TraceLink& link : node.links)
      if (link.use == TraceLink::Use::further) add_link(span, link.parent, to_word(link.edge));
    if (node.parent && can_be_told(tree_.nodes[*node.parent])) put_below_parent(index, trace, span);
    trace.spans.push_back(std::move(span));
    add_segments(index, trace);
  }

  void add_link(RebuiltSpan& span, std::size_t to, std::string_view why) const {
    if (can_be_told(tree_.nodes[to])) span.links.push_back({traces_[to], ids_[to], std::string(why)});
  }

  void put_below_parent(std::size_t index, RebuiltTrace& trace, RebuiltSpan& span) {
    const TraceNode& node = tree_.nodes[index];
    if (traces_[*node.parent] != traces_[index]) {
      add_link(span, *node.parent, to_word(node.edge));
      return;
    }
    span.parent = ids_[*node.parent];
    if (!is_made_by_parent(node) || !usable(node.job->created_at)) return;
    const Job& job = *node.job;
    RebuiltSpan sent;
    sent.trace = traces_[index];
    sent.id = fresh_id(ref_of(job) + " " + std::to_string(node.occurrence) + " sent");
    sent.parent = span.parent;
    sent.name = with_queue("send", job);
    sent.service = service_of(*tree_.nodes[*node.parent].job);
    sent.kind = SpanKind::producer;
    sent.begin = sent.end = std::min(*job.created_at, span.begin);
    sent.attributes = message_attributes(job, "send");
    span.parent = sent.id;
    trace.spans.push_back(std::move(sent));
  }

  void add_segments(std::size_t index, RebuiltTrace& trace) {
    const TraceNode& node = tree_.nodes[index];
    std::size_t number = 0;
    for (const TraceSegment& segment : node.segments) {
      if (segment.kind == TraceSegment::Kind::unknown || segment.begin.time_since_epoch().count() <= 0) continue;
      RebuiltSpan part;
      part.trace = traces_[index];
      part.name = to_word(segment.kind);
      part.id = fresh_id(ref_of(*node.job) + " " + std::to_string(node.occurrence) + " " + part.name + " " +
                         std::to_string(number++));
      part.parent = ids_[index];
      part.service = service_of(*node.job);
      part.begin = segment.begin;
      part.end = segment.end;
      part.attributes = {{"queuetrace.rebuilt", true}};
      if (segment.open) part.attributes.push_back({"queuetrace.open", true});
      if (segment.estimated) part.attributes.push_back({"queuetrace.estimated", true});
      trace.spans.push_back(std::move(part));
    }
  }

  /// What spans of sending and of processing have in common (the messaging conventions of OpenTelemetry).
  static Fields message_attributes(const Job& job, std::string operation) {
    Fields fields{{"messaging.system", job.system},
                  {"messaging.operation.name", operation},
                  {"messaging.operation.type", std::move(operation)}};
    add_text(fields, "messaging.destination.name", job.queue);
    add_text(fields, "messaging.message.id", job.ref.id);
    add_text(fields, "messaging.message.conversation_id", job.trace.correlation_id);
    fields.push_back({"queuetrace.rebuilt", true});
    return fields;
  }

  static Fields attributes_of(const TraceNode& node) {
    const Job& job = *node.job;
    Fields fields = message_attributes(job, "process");
    add_text(fields, std::string(job.spans.attribute), job.ref.id);
    add_text(fields, "queuetrace.job", Untrusted(ref_of(job)));
    fields.push_back({"queuetrace.state", std::string(to_word(job.state))});
    add_text(fields, "queuetrace.native_state", job.native_state);
    add_text(fields, "queuetrace.kind", job.kind);
    if (job.attempts) fields.push_back({"queuetrace.attempts", *job.attempts});
    if (job.max_attempts) fields.push_back({"queuetrace.max_attempts", *job.max_attempts});
    add_text(fields, "queuetrace.worker", job.worker);
    add_text(fields, "queuetrace.stored_trace_id", job.trace.trace_id);
    add_text(fields, "queuetrace.parent_span_id", job.trace.parent_span_id);
    add_text(fields, "queuetrace.workflow_id", job.workflow_id);
    add_text(fields, "queuetrace.batch_id", job.batch_id);
    if (node.is_open()) fields.push_back({"queuetrace.open", true});
    if (node.skew) fields.push_back({"queuetrace.clock_skew_ms", *node.skew});
    if (job.state == JobState::failed || job.state == JobState::dead)
      fields.push_back({"error.type", std::string(to_word(job.state))});
    return fields;
  }

  const TraceTree& tree_;
  std::vector<TraceNumber> traces_;  ///< by node
  std::vector<std::uint64_t> ids_;   ///< of the jobs' own spans, by node
  std::set<std::uint64_t> used_;
  std::map<TraceNumber, std::size_t> places_;
  RebuiltTraces rebuilt_;
};

}  // namespace

RebuiltTraces rebuild_traces(const TraceTree& tree) { return Rebuilder(tree).rebuild(); }

void give_fresh_ids(RebuiltTraces& rebuilt) {
  std::map<TraceNumber, TraceNumber> fresh;
  for (RebuiltTrace& trace : rebuilt.traces) {
    trace.original = trace.id;
    trace.id = {random_span_id(), random_span_id()};
    fresh.emplace(*trace.original, trace.id);
  }
  for (RebuiltTrace& trace : rebuilt.traces)
    for (RebuiltSpan& span : trace.spans) {
      span.trace = trace.id;
      for (RebuiltLink& link : span.links) link.trace = fresh.at(link.trace);
      if (span.parent) continue;
      span.links.push_back({*trace.original, span.id, "original"});
      span.attributes.push_back({"queuetrace.original_trace_id", hex32(*trace.original)});
    }
}

}  // namespace queuetrace
