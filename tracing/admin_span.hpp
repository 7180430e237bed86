// An operator's action (`admin.purge`, `admin.peek`, ...) as an OpenTelemetry span, to be found in the same viewer as
// the jobs it was about.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "model/time.hpp"
#include "model/value.hpp"
#include "tracing/child_process.hpp"
#include "tracing/trace_number.hpp"

namespace queuetrace {

/// One finished operation. It must not contain payloads, passwords or text from a server: it leaves the machine.
struct AdminSpan {
  std::string operation;  ///< `purge`: the span is called `admin.purge`
  TraceNumber trace;
  std::uint64_t id = 0;
  std::optional<std::uint64_t> parent;  ///< a span of another process
  Timestamp begin, end;
  /// Text, whole numbers (counts, durations in milliseconds), decimals, flags and lists of those; unknown values are
  /// left out.
  Fields attributes;
  std::optional<std::string> failure;  ///< why it failed; absent: it succeeded
};

/// The beginning of an operation: a child of the environment's TRACEPARENT where that can be continued, otherwise the
/// root of a trace of its own. The trace id also names the operation in the audit.
AdminSpan begin_admin_span(std::string operation, const Environment& environment, Timestamp now);

/// The request of OTLP/HTTP in its JSON encoding that holds this span alone: ids in hex, 64-bit numbers as texts, texts
/// cut after 4 KiB and made UTF-8. `resource`: the attributes of the process, service.name among them.
std::string otlp_json(const AdminSpan& span, const Fields& resource, std::string_view program_version);

}  // namespace queuetrace
