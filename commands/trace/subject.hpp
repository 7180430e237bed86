// What `trace url|copy|open` are about: from `TRACE|JOB` as typed to a job or a bare trace id.
//
// The rule, in this order:
// 1. `--as trace` reads a trace id, `--as job` a job; `-` takes the text from stdin, `env` from TRACEPARENT.
// 2. `source/ID` of a selected or configured source is a job.
// 3. What no queue system uses as an id is a trace id: traceparent, tracestate-like headers, B3, uber-trace-id, X-Ray,
//    Google, a carrier in JSON, a viewer's URL, `trace-<uuid>`, `hex:`, `dec:`, `b64:`. No server is asked.
// 4. Anything else (hex digits, UUIDs, numbers, free text) is a job's id in some system, or a trace or correlation id
//    of jobs. When sources are selected it is looked up as all of them, as `trace show` does: the job whose id it is,
//    else the first job of that trace or correlation id, else the job whose id begins so.
// 5. When no source is selected, nothing was found, or no source answered, it is a trace id if it reads as one of at
//    least 8 characters; a note says so unless there was nothing to ask.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "commands/context.hpp"
#include "commands/option.hpp"
#include "model/job.hpp"
#include "tracing/trace_id.hpp"
#include "tracing/viewer.hpp"

namespace queuetrace {

struct TraceArgument {
  std::string typed;
  std::string as;  ///< `job`, `trace`, or empty: by the rule above
};

/// TRACE|JOB and --as.
OptionTable<TraceArgument> trace_argument();

/// One of the two; both: a typed trace id, and the first job that names it.
struct TraceSubject {
  std::optional<Job> job;
  std::optional<ParsedTraceId> trace;
  std::vector<Job> jobs;        ///< where a whole trace is meant: those that were found, whose times links carry
  std::vector<Source> sources;  ///< where the job was looked for

  /// `job 'prod/17'`, `trace '0af7...'`: for messages.
  std::string name() const;
  /// The trace id: a job's as stored, or the 32 digits where a whole context is stored; of a typed one, hex digits and
  /// free text as typed, every other form as its 32 digits. Throws Error{not_found} when the job carries none that can
  /// be used.
  std::string trace_id() const;
  /// `00-TRACE-SPAN-01`. Throws Error{not_found} when the trace id is not W3C-valid or no span id is known.
  std::string traceparent() const;
  Viewer::Link link(const Viewer& viewer, Timestamp now) const;
  Viewer::Link search(const Viewer& viewer, Timestamp now) const;
};

/// Throws Error: usage (no trace id and nothing to ask), not_found (no such job; several jobs with different traces;
/// ambiguous prefix), and what the sources throw.
TraceSubject find_trace_subject(const TraceArgument& argument, Context& context);

/// A link, and the name and the origin (`https://host:port`) of the viewer it belongs to.
struct ViewerLink {
  std::string url;
  std::string viewer;
  std::string viewer_origin;
};

/// The link of the chosen viewer (--viewer, the source's, the default); `or_search`: in its place the viewer's
/// attribute search, where there is no link to a trace but that, which is said. Throws Error{not_found} with the reason
/// and, as hint, the URL of the search where the viewer has one.
ViewerLink required_trace_link(const TraceSubject& subject, Context& context, bool or_search = false);

}  // namespace queuetrace
