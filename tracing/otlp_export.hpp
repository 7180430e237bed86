// Sends the span of an operator's action to an OpenTelemetry collector (OTLP/HTTP in its JSON encoding).
#pragma once

#include <string>
#include <string_view>

#include "tracing/admin_span.hpp"

namespace queuetrace {

/// The outcome of an export. Contains no secrets.
struct SpanExport {
  bool wanted = false;  ///< the environment names a collector
  bool sent = false;    ///< and the collector accepted the span
  std::string problem;  ///< why it was not sent, or what the collector rejected; empty on success
};

/// Whether export_span() would send anything: the environment names a collector and does not disable export.
bool exports_spans(const Environment& environment);

/// Sends one finished span where OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT says
/// (tracing/otlp_settings.hpp has all variables); does nothing, at no cost, when neither is set. Never throws, tries
/// once, and returns within a second, resolving and connecting included, whatever the collector does; what cannot be
/// sent is lost, and the operation is unaffected. Certificates are verified, redirects are not followed, headers are
/// sent to that one host and never printed.
///
/// For a command: begin_admin_span() at its start (its trace id goes into the audit line), attributes and `failure`
/// when it is finished, then this, last, after the answer is printed. `problem` deserves a note, never an exit code.
/// commands/change/admin_operation.hpp does all of it.
SpanExport export_span(const AdminSpan& span, const Environment& environment, std::string_view program_version);

}  // namespace queuetrace
