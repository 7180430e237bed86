// A span as a span store keeps it, in one vocabulary for all stores. Times are those of the machine that sent it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/time.hpp"
#include "model/untrusted.hpp"

namespace queuetrace {

/// A tag of a span or of the process that sent it; numbers, flags and lists as text.
struct SpanAttribute {
  Untrusted name;
  Untrusted value;
};

struct Span {
  enum class Kind { unspecified, internal, server, client, producer, consumer };
  enum class Status { unset, ok, error };

  std::string trace;               ///< 32 lower-case hex digits
  std::string id;                  ///< 16 lower-case hex digits
  std::string parent;              ///< likewise; empty: none
  std::vector<std::string> links;  ///< further spans of the same trace that it points to
  Untrusted name;
  Untrusted service;  ///< service.name; empty: not said
  Kind kind = Kind::unspecified;
  Status status = Status::unset;
  Untrusted error;  ///< what it says about its error; empty: nothing
  std::optional<Timestamp> begin;
  std::optional<Timestamp> end;           ///< not before begin
  std::vector<SpanAttribute> attributes;  ///< of the span, then of its process

  /// The value of the attribute; nullptr when it has none of this name. Looks at each.
  const Untrusted* attribute(std::string_view wanted) const;
  /// Absent when one side is unknown.
  std::optional<Milliseconds> length() const;
};

/// `unspecified`, `internal`, `server`, `client`, `producer`, `consumer`.
std::string_view to_word(Span::Kind kind);
/// `unset`, `ok`, `error`.
std::string_view to_word(Span::Status status);

/// Which fact makes a span that of a job, the strongest first.
enum class SpanTie {
  attribute,  ///< an attribute holds the job's id (messaging.message.id, job.id and the like)
  span_id,    ///< the job holds the span's id
  parentage   ///< a consumer's span below the span that made the job, and no other job fits
};

/// `attribute`, `span-id`, `parentage`.
std::string_view to_word(SpanTie tie);

/// The spans that were read for a trace, for a tree of jobs and spans.
struct ReadSpans {
  std::vector<Span> spans;          ///< of all these traces, in any order
  std::vector<std::string> traces;  ///< ids, as Span::trace, of the traces of which a store had spans
};

}  // namespace queuetrace
