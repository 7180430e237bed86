#include "tracing/otlp_export.hpp"

#include <nlohmann/json.hpp>

#include "tracing/curl_handle.hpp"
#include "tracing/otlp_settings.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t longest_answer = 4 * 1024 * 1024;  // advised by the OTLP specification

std::size_t keep_answer(char* bytes, std::size_t size, std::size_t count, void* answer) {
  std::string& text = *static_cast<std::string*>(answer);
  if (text.size() + size * count > longest_answer) return 0;  // ends the transfer
  text.append(bytes, size * count);
  return size * count;
}

/// Spans the collector took no notice of, although it answered well.
std::string rejection(const std::string& answer) {
  const nlohmann::json document = nlohmann::json::parse(answer, nullptr, false);
  if (!document.is_object() || !document.contains("partialSuccess")) return {};
  const nlohmann::json& partial = document["partialSuccess"];
  if (!partial.is_object() || !partial.contains("rejectedSpans")) return {};
  const nlohmann::json& rejected = partial["rejectedSpans"];  // a text or a number, both are in use
  const bool none = rejected == 0 || rejected == "0";
  return none ? std::string() : "the collector rejected the span";
}

std::string problem_of(const CurlHandle& request, CURLcode code, const std::string& answer) {
  const long status = request.status();
  if (code == CURLE_OPERATION_TIMEDOUT) return "no answer in time";
  if (code == CURLE_WRITE_ERROR) return "the answer is too long";
  if (code != CURLE_OK) return request.problem(code);
  if (status >= 300 && status < 400)
    return "it answered " + std::to_string(status) + ", and redirects are not followed";
  if (status < 200 || status >= 300) return "it answered " + std::to_string(status);
  return rejection(answer);
}

/// Posts the request; the problem, or nothing.
std::string post(const OtlpSettings& settings, const std::string& body, const std::string& agent) {
  const CurlLibrary* library = curl_library();
  if (library == nullptr) return "libcurl, which would send it, is not installed";
  CurlHandle request(*library);
  request.add_header("Content-Type: application/json");
  request.add_header("Expect:");
  for (const Secret& header : settings.headers) request.add_header(header.reveal());
  std::string answer;
  request.set(CURLOPT_URL, settings.endpoint.reveal().c_str());
  if (!settings.certificate.empty()) request.set(CURLOPT_CAINFO, settings.certificate.c_str());
  request.set_timeout(settings.timeout);
  request.set(CURLOPT_USERAGENT, agent.c_str());
  request.set(CURLOPT_POSTFIELDS, body.c_str());
  request.set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  request.set(CURLOPT_WRITEFUNCTION, keep_answer);
  request.set(CURLOPT_WRITEDATA, static_cast<void*>(&answer));
  if (!request.good()) return "libcurl refuses the request";
  return problem_of(request, request.perform(), answer);
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
