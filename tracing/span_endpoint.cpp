#include "tracing/span_endpoint.hpp"

#include "model/error.hpp"
#include "model/letter_case.hpp"
#include "tracing/characters.hpp"
#include "tracing/otlp_settings.hpp"
#include "tracing/url.hpp"

namespace queuetrace {
namespace {

constexpr std::string_view otlp_path = "/v1/traces", zipkin_path = "/api/v2/spans";
constexpr const char* named_endpoint = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT";

std::string origin_of(std::string_view url) {
  const UrlParts parts = split_url(url);
  return lower_case(parts.scheme) + "://" + std::string(parts.authority);
}

SpanEncoding encoding_of(const UrlParts& parts, std::string_view path) {
  if (path.ends_with(zipkin_path)) return SpanEncoding::zipkin;
  if (path.ends_with(otlp_path)) return SpanEncoding::otlp;
  return parts.authority.ends_with(":9411") ? SpanEncoding::zipkin : SpanEncoding::otlp;
}

}  // namespace

SpanEndpoint read_span_endpoint(std::string_view typed, std::optional<SpanEncoding> encoding,
                                const Environment& environment) {
  if (const std::string problem = url_problem(typed, false); !problem.empty())
    throw Error(ErrorKind::usage, "--endpoint: this is no address that spans can be sent to: " + problem)
        .with_hint("such as http://localhost:4318 for OTLP, http://localhost:9411 for Zipkin");
  const UrlParts parts = split_url(typed);
  if (!parts.fragment.empty() || typed.ends_with('#'))
    throw Error(ErrorKind::usage, "--endpoint: an address to send to has no fragment");
  std::string path(parts.path);
  while (path.ends_with('/')) path.pop_back();
  SpanEndpoint endpoint;
  endpoint.encoding = encoding.value_or(encoding_of(parts, path));
  endpoint.origin = origin_of(typed);
  const std::string_view of_spans = endpoint.encoding == SpanEncoding::zipkin ? zipkin_path : otlp_path;
  if (path.ends_with(of_spans)) path.resize(path.size() - of_spans.size());
  endpoint.base = endpoint.origin + path;
  std::string url = endpoint.base + std::string(of_spans);
  if (!parts.query.empty()) url += "?" + std::string(parts.query);

  // The environment as it would be for this address; what switches export off is about queuetrace's own spans.
  Environment given = environment;
  for (const char* off : {"OTEL_SDK_DISABLED", "OTEL_TRACES_EXPORTER"}) given.erase(off);
  const std::optional<OtlpSettings> usual = otlp_settings(given);
  const bool same_host = !usual || usual->collector == endpoint.origin;
  Environment here;
  for (const auto& [name, value] : environment)
    if (name.find("CERTIFICATE") != std::string::npos || (same_host && name.find("HEADERS") != std::string::npos))
      here.emplace(name, value);
  here[named_endpoint] = url;
  const std::optional<OtlpSettings> settings = otlp_settings(here);
  if (settings && !settings->problem.empty()) throw Error(ErrorKind::usage, settings->problem);
  endpoint.post.url = Secret(url);
  endpoint.post.is_gzip = true;
  if (settings) {
    endpoint.post.headers = settings->headers;
    endpoint.post.certificate = settings->certificate;
  }
  return endpoint;
}

}  // namespace queuetrace
