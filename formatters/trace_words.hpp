// What the drawings of a trace say about each job and about the whole, as printable plain text. Every drawing still
// escapes it for its own channel (markup, mermaid, JSON).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formatters/redaction.hpp"
#include "model/trace_tree.hpp"

namespace queuetrace {

/// What stands over a drawing.
struct TraceHeading {
  std::string subject;               ///< `Trace 4bf92f…`, printable
  std::optional<std::string> url;    ///< the trace in the viewer
  std::vector<std::string> remarks;  ///< what the reader must know: cut short, failed sources; printable
  std::vector<std::string> links{};  ///< by node, where the viewer shows it; empty, or too short: nowhere
  std::string again{};               ///< the command that has what failed run again; printable, or empty
};

/// One job or span in words; empty where unknown or not applicable.
struct NodeWords {
  std::string queue;  ///< `(no queue)` when unknown; of a span its name
  std::string kind;   ///< of a span its service
  std::string ref;    ///< `source/id`, whole; of a span `span:` and its id
  std::string system;
  std::string state;               ///< ours, or `not found`; of a span its kind, or `error`
  std::string attempts;            ///< `2/3`
  std::string wait;                ///< `12.4s`, `~12.4s` estimated, `12.4s+` so far, `?` not recorded, `-` not yet
  std::string run;                 ///< the same
  std::string held;                ///< the same; empty when there was none
  std::string relation;            ///< how it is tied to its parent or to the trace: `depends on its parent`, ...
  std::string error;               ///< one line, redacted
  std::string span;                ///< of a job its span: `span job.process of worker, 500ms`
  std::vector<std::string> marks;  ///< further parents, cycles, doubles, clock skew, missing times and spans

  /// The queue and, where it says more, the kind.
  std::string title() const { return kind.empty() || kind == queue ? queue : queue + " " + kind; }
};
NodeWords node_words(const TraceTree& tree, std::size_t index, const Redaction& redaction);

/// Whether the mark only adds to what is drawn, and need not catch the eye.
bool is_remark(const std::string& mark);

/// `source/id`, printable.
std::string ref_words(const JobRef& ref);
/// The same of a node, whatever it is: of a span `span:` and its id.
std::string ref_words(const TraceNode& node);

/// `9 jobs (and 1 parent not found) in 6 queues of 2 systems: capture, hammerwork`; with spans also `; 42 spans of 3
/// services: shop, worker`.
std::string size_words(const TraceTree& tree);
/// `2026-11-21T07:10:00.000Z to 2026-11-21T07:10:14.300Z, 14.3s`; `no times stored` without any.
std::string span_words(const TraceTree& tree);
/// `1.2s running, 13.4s waiting, 2.0s held over all jobs; 2 failed, 1 not finished, 1 without times`.
std::string totals_words(const TraceTree& tree);
/// `14.3s over 3 jobs: 12.4s waiting in email, 0.3s running, 1.1s between jobs`; empty without times.
std::string critical_words(const TraceTree& tree);

}  // namespace queuetrace
