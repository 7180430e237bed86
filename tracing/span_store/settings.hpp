// Where a viewer's spans are read, and how: its own API, below its base URL or at `spans_url`.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/configuration.hpp"
#include "model/secret.hpp"
#include "tracing/child_process.hpp"

namespace queuetrace {

enum class SpanApi { jaeger, zipkin, tempo };

/// `jaeger`, `zipkin`, `tempo`; absent for anything else.
std::optional<SpanApi> span_api(std::string_view word);

struct SpanStoreSettings {
  std::string viewer;  ///< its name in the configuration
  SpanApi api = SpanApi::jaeger;
  std::string base;             ///< URL without a slash at its end; every path is put behind it
  std::string origin;           ///< `https://host:port` of it, for messages
  std::vector<Secret> headers;  ///< `Name: value`
};

/// Settings, or why there are none. No secret is in `problem`.
struct SpanStoreChoice {
  std::optional<SpanStoreSettings> settings;
  std::string problem;
  std::string hint;  ///< what to do; may be empty
};

/// In front of the names of headers among a viewer's variables.
inline constexpr std::string_view spans_header_prefix = "spans_header.";

/// `NAME` of a value that is `${NAME}`; empty: it names no variable of the environment.
std::string named_variable(std::string_view value);

/// How the spans of this viewer are read, by its variables. The URL is `spans_url`, else the base; the API `spans_api`,
/// else that of the preset: jaeger, zipkin, and for grafana Tempo (or what `datasourceType` names) through its data
/// source `datasourceUid`. Headers are those of `spans_header.NAME`, then QUEUETRACE_SPANS_HEADERS (`k=v,k2=v2`), then
/// `Authorization: Bearer` with the token that `spans_token` names as `${NAME}`, else QUEUETRACE_SPANS_TOKEN. Values of
/// headers may name variables, too.
SpanStoreChoice span_store_settings(const ViewerSettings& viewer, const Environment& environment);

}  // namespace queuetrace
