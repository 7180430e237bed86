#include "formatters/trace_record.hpp"

#include <set>
#include <string>
#include <vector>

#include "formatters/job_record.hpp"

namespace queuetrace {
namespace {

Untrusted ref_of(const TraceNode& node) {
  if (node.is_span_alone()) return Untrusted("span:" + node.span->id);
  const JobRef& ref = node.job ? node.job->ref : node.missing;
  return Untrusted(ref.source + "/" + ref.id.raw());
}

Value list_or_nothing(Values values) {
  if (values.empty()) return {};
  return values;
}

Value number(std::size_t count) { return static_cast<std::int64_t>(count); }

Value data_or_nothing(const Untrusted& text) {
  if (text.empty()) return {};
  return text;
}

Fields attributes_of(const Span& span) {
  Fields attributes;
  std::set<std::string> seen;
  for (const SpanAttribute& attribute : span.attributes)
    if (seen.insert(attribute.name.raw()).second) attributes.push_back({attribute.name.raw(), attribute.value});
  return attributes;
}

Fields span_fields(const TraceNode& node) {
  const Span& span = *node.span;
  const std::optional<Milliseconds> length = span.length();
  Fields attributes = attributes_of(span);
  return {{"span_id", span.id},
          {"trace_id", span.trace},
          {"parent_span_id", text_or_nothing(span.parent)},
          {"name", data_or_nothing(span.name)},
          {"service", data_or_nothing(span.service)},
          {"kind", std::string(to_word(span.kind))},
          {"status", std::string(to_word(span.status))},
          {"error", data_or_nothing(span.error)},
          {"begin", span.begin ? Value{*span.begin} : Value{}},
          {"end", span.end ? Value{*span.end} : Value{}},
          {"duration_ms", length ? Value{*length} : Value{}},
          {"attributes", attributes.empty() ? Value{} : Value{std::move(attributes)}}};
}

Values segments_of(const TraceNode& node) {
  Values segments;
  for (const TraceSegment& segment : node.segments)
    segments.emplace_back(Fields{{"kind", std::string(to_word(segment.kind))},
                                 {"begin", segment.begin},
                                 {"end", segment.open ? Value{} : Value{segment.end}},
                                 {"length_ms", segment.length()},
                                 {"open", segment.open},
                                 {"estimated", segment.estimated}});
  return segments;
}

Values links_of(const TraceTree& tree, const TraceNode& node) {
  Values links;
  for (const TraceLink& link : node.links)
    links.emplace_back(Fields{{"ref", ref_of(tree.nodes[link.parent])},
                              {"edge", std::string(to_word(link.edge))},
                              {"use", std::string(to_word(link.use))}});
  return links;
}

Values shares_of(const TraceTree& tree) {
  Values shares;
  for (const CriticalShare& share : critical_shares(tree)) {
    Value queue;
    const bool of_queue = share.node && share.kind != TraceSegment::Kind::running;
    if (of_queue && tree.nodes[*share.node].job->queue) queue = *tree.nodes[*share.node].job->queue;
    shares.emplace_back(Fields{{"kind", std::string(share.node ? to_word(share.kind) : "between")},
                               {"queue", std::move(queue)},
                               {"length_ms", std::chrono::duration_cast<Milliseconds>(share.length)}});
  }
  return shares;
}

Values texts(const std::vector<std::string>& words) { return Values(words.begin(), words.end()); }

std::vector<Column> make_columns() {
  std::vector<Column> columns(job_columns().begin(), job_columns().end());
  for (const std::string_view field :
       {"parent_ref", "edge", "depth", "critical", "segments", "links", "parents_not_found", "occurrence", "skew_ms",
        "found", "span", "span_tie", "span_found", "attempt", "made_in", "after_maker_ms", "span_lag_ms"})
    columns.push_back({.field = field, .heading = field, .where = Column::Where::never});
  return columns;
}

}  // namespace

Record trace_record(const TraceTree& tree, std::size_t index, const JobLinks& links,
                    const std::optional<Timestamp>& now) {
  const TraceNode& node = tree.nodes[index];
  Record record;
  if (node.job) {
    record = job_record(*node.job, links, now);
  } else if (node.span) {
    record = {{"ref", ref_of(node)}, {"id", node.span->id}};
  } else {
    record = {{"ref", ref_of(node)}, {"source", node.missing.source}, {"id", node.missing.id}};
  }
  Values not_found;
  for (const Untrusted& id : node.not_found) not_found.emplace_back(id);
  record.push_back({"parent_ref", node.parent ? Value{ref_of(tree.nodes[*node.parent])} : Value{}});
  record.push_back({"edge", text_or_nothing(to_word(node.edge))});
  record.push_back({"depth", number(node.depth)});
  record.push_back({"critical", node.critical});
  record.push_back({"segments", list_or_nothing(segments_of(node))});
  record.push_back({"links", list_or_nothing(links_of(tree, node))});
  record.push_back({"parents_not_found", list_or_nothing(std::move(not_found))});
  record.push_back({"occurrence", node.occurrences > 1 ? number(node.occurrence) : Value{}});
  record.push_back({"skew_ms", node.skew ? Value{*node.skew} : Value{}});
  record.push_back({"found", node.is_missing() ? Value{false} : Value{}});
  if (tree.totals.spans == 0) return record;
  const bool asked = node.job && (node.span_tie || node.span_not_found);
  record.push_back({"span", node.span ? Value{span_fields(node)} : Value{}});
  record.push_back({"span_tie", node.span_tie ? Value{std::string(to_word(*node.span_tie))} : Value{}});
  record.push_back({"span_found", asked ? Value{!node.span_not_found} : Value{}});
  record.push_back({"attempt", node.attempt > 0 ? number(node.attempt) : Value{}});
  record.push_back({"made_in", node.maker ? Value{ref_of(tree.nodes[*node.maker])} : Value{}});
  record.push_back({"after_maker_ms", node.after_maker ? Value{*node.after_maker} : Value{}});
  record.push_back({"span_lag_ms", node.span_lag ? Value{*node.span_lag} : Value{}});
  return record;
}

std::span<const Column> trace_columns() {
  static const std::vector<Column> columns = make_columns();
  return columns;
}

Fields trace_summary(const TraceTree& tree) {
  const TraceTotals& totals = tree.totals;
  Values path;
  for (const std::size_t index : tree.critical_path) path.emplace_back(ref_of(tree.nodes[index]));
  Value length;
  if (!tree.critical_stretches.empty())
    length = std::chrono::duration_cast<Milliseconds>(tree.critical_stretches.back().end -
                                                      tree.critical_stretches.front().begin);
  Fields summary{{"jobs", number(totals.jobs)},
                 {"missing", number(totals.missing)},
                 {"systems", texts(totals.systems)},
                 {"sources", texts(totals.sources)},
                 {"queues", number(totals.queues)},
                 {"failed", number(totals.failed)},
                 {"unfinished", number(totals.unfinished)},
                 {"without_times", number(totals.without_times)},
                 {"first_at", tree.first ? Value{*tree.first} : Value{}},
                 {"last_at", tree.last ? Value{*tree.last} : Value{}},
                 {"held_ms", totals.held},
                 {"waiting_ms", totals.waiting},
                 {"running_ms", totals.running},
                 {"critical_path", std::move(path)},
                 {"critical_ms", std::move(length)},
                 {"critical_shares", shares_of(tree)}};
  if (totals.spans > 0) {
    summary.push_back({"spans", number(totals.spans)});
    summary.push_back({"failed_spans", number(totals.failed_spans)});
    summary.push_back({"spans_not_found", number(totals.spans_not_found)});
    summary.push_back({"services", Values(totals.services.begin(), totals.services.end())});
  }
  return {{"trace", std::move(summary)}};
}

}  // namespace queuetrace
