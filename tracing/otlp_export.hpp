// Sending a span to an OpenTelemetry collector (OTLP/HTTP in its JSON encoding), for commands of operators.
#pragma once

#include <string>
#include <string_view>

#include "tracing/admin_span.hpp"

namespace queuetrace {

/// How the sending went. Nothing in it is secret.
struct SpanExport {
  bool wanted = false;  ///< the environment names a collector
  bool sent = false;    ///< and the collector took the span
  std::string problem;  ///< why it was not sent, or what the collector left out; empty when all is well
};

/// Whether export_span() would send anything: the environment names a collector and does not turn the sending off.
bool exports_spans(const Environment& environment);

/// Sends one finished span where OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT says
/// (tracing/otlp_settings.hpp has all variables); does nothing, at no cost, when neither is set. Never throws, tries
/// once, and is back within a second, resolving and connecting included, whatever the collector does: what it could not
/// send is lost, and the operation is as it was. Certificates are verified, redirects are not followed, headers are
/// sent to that one host and never told.
///
/// For a command: begin_admin_span() at its start (its trace id goes into the audit line), attributes and `failure`
/// when it is over, then this, last, after the answer is out. `problem` is worth a note, never an exit code.
/// commands/change/admin_operation.hpp does all of it.
SpanExport export_span(const AdminSpan& span, const Environment& environment, std::string_view program_version);

}  // namespace queuetrace
