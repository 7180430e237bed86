// A job as every store, command and format shares it (shared vocabulary of docs/design.md section 2.4). Unknown facts
// are absent, never guessed; what is estimated says so in `notes`.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "model/job_state.hpp"
#include "model/span_search.hpp"
#include "model/time.hpp"
#include "model/trace_status.hpp"
#include "model/untrusted.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// Names a job across sources; printed and read as `source/id`. `source` is `name` or, where one source holds several
/// systems, `name/system`; trusted text.
struct JobRef {
  std::string source;
  Untrusted id;

  friend bool operator==(const JobRef&, const JobRef&) = default;
};

/// The identifiers a job carries, exactly as stored.
struct TraceContext {
  std::optional<Untrusted> trace_id;
  std::optional<Untrusted> span_id;
  std::optional<Untrusted> parent_span_id;
  std::optional<Untrusted> correlation_id;
  std::optional<Untrusted> causation_id;
  std::vector<Untrusted>
      further_trace_ids;  ///< other trace ids of the job, such as its workflow's; a search finds it by them, too
  TraceStatus status = TraceStatus::absent;
};

/// A payload or result. `text` holds the stored bytes, or the first part of them when `size` is larger.
struct Payload {
  enum class Form { json, text, binary, encrypted };
  Form form = Form::json;
  Untrusted text;
  std::uint64_t size = 0;  ///< bytes in the store
};

/// A system's priority: a number where the system counts, a word where it names.
using Priority = std::variant<std::int64_t, Untrusted>;

/// A caveat about a fact. `code` is stable, lower case, dashed (`started-at-estimated`, `quoted-state`).
struct Note {
  std::string code;
  std::string text;
};

struct Job {
  JobRef ref;
  std::string system;  ///< name of the queue system in the catalogue, `hammerwork`
  SpanSearch spans;    ///< the system's
  std::optional<Untrusted> queue;
  std::optional<Untrusted> kind;
  JobState state = JobState::unknown;
  std::optional<Untrusted> native_state;  ///< the system's own word, byte for byte
  std::optional<Priority> priority;
  std::optional<std::int64_t> attempts;      ///< executions started so far
  std::optional<std::int64_t> max_attempts;  ///< executions allowed in total
  std::optional<Timestamp> created_at;
  std::optional<Timestamp> scheduled_at;
  std::optional<Timestamp> started_at;
  std::optional<Timestamp> finished_at;
  std::optional<Milliseconds> wait;  ///< from runnable to started
  std::optional<Milliseconds> run;   ///< from started to finished, or to the store's now while running
  std::optional<Untrusted> worker;
  std::optional<Untrusted> error;
  std::optional<Payload> payload;
  std::optional<Payload> result;
  TraceContext trace;
  std::optional<Untrusted> tenant;
  std::optional<Untrusted> workflow_id;
  std::optional<Untrusted> batch_id;
  std::vector<Untrusted> parents;  ///< ids of jobs this one waits for; what made it is in `trace`
  std::vector<Note> notes;
  Fields extra;  ///< what only this system has, in a fixed order
  /// How its store finds it again and knows that it is unchanged (Target::locator). Filled only when JobQuery::locators
  /// asks for it, by stores that need it. Never printed.
  std::string locator;
};

}  // namespace queuetrace
