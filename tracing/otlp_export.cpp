#include "tracing/otlp_export.hpp"

#include "tracing/http_post.hpp"
#include "tracing/otlp_json.hpp"
#include "tracing/otlp_settings.hpp"

namespace queuetrace {
namespace {

/// Posts the request; the problem, or nothing.
std::string post(const OtlpSettings& settings, const std::string& body, const std::string& agent) {
  const HttpPosted posted = http_post({.url = settings.endpoint,
                                       .headers = settings.headers,
                                       .certificate = settings.certificate,
                                       .timeout = settings.timeout,
                                       .agent = agent},
                                      body);
  if (!posted.problem.empty()) return posted.problem;
  if (posted.status < 200 || posted.status >= 300) return "it answered " + std::to_string(posted.status);
  return rejects_spans(posted.answer) ? "the collector rejected the span" : "";
}

}  // namespace

bool exports_spans(const Environment& environment) { return otlp_settings(environment).has_value(); }

SpanExport export_span(const AdminSpan& span, const Environment& environment, std::string_view program_version) {
  SpanExport result;
  try {
    const std::optional<OtlpSettings> settings = otlp_settings(environment);
    if (!settings) return result;
    result.wanted = true;
    result.problem = settings->problem;
    if (!result.problem.empty()) return result;
    const std::string version(program_version);
    const std::string agent = "queuetrace/" + version + " OTel-OTLP-Exporter-queuetrace/" + version;
    const std::string problem = post(*settings, otlp_json(span, settings->resource, program_version), agent);
    result.sent = problem.empty();
    result.problem = problem.empty() ? settings->warning : settings->collector + ": " + problem;
  } catch (const std::exception&) {
    result.problem = "the span could not be written";  // out of memory: what the exception says helps nobody
  }
  return result;
}

}  // namespace queuetrace
