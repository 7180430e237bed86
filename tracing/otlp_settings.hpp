// Where spans are sent and how: the standard variables of OpenTelemetry, read once from the environment.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "model/secret.hpp"
#include "model/value.hpp"
#include "tracing/child_process.hpp"

namespace queuetrace {

struct OtlpSettings {
  Secret endpoint;              ///< the whole URL, http or https; its query may hold a key: print `collector` only
  std::string collector;        ///< scheme, host and port, for messages
  std::vector<Secret> headers;  ///< `Name: value`
  std::chrono::milliseconds timeout{900};
  std::string certificate;  ///< file with the certificates to trust instead of the system's; empty: the system's
  Fields resource;          ///< service.name first
  std::string problem;      ///< why nothing can be sent; no value of a variable is in it
  std::string warning;      ///< what was left out of the resource, and why
};

/// Absent when nothing is to be sent: OTEL_SDK_DISABLED is true, OTEL_TRACES_EXPORTER is none, or no endpoint is set.
/// An empty variable counts as unset. The variables of traces (OTEL_EXPORTER_OTLP_TRACES_*) take precedence over
/// those of all signals. `timeout` is what the variables say, at most 900 ms.
std::optional<OtlpSettings> otlp_settings(const Environment& environment);

}  // namespace queuetrace
