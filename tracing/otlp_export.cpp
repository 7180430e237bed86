#include "tracing/otlp_export.hpp"

#include <memory>
#include <nlohmann/json.hpp>

#include "tracing/curl_library.hpp"
#include "tracing/otlp_settings.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t longest_answer = 4 * 1024 * 1024;  // advised by the OTLP specification

struct EndCurl {
  const CurlLibrary* library;
  void operator()(CURL* curl) const { library->easy_cleanup(curl); }
};
struct FreeList {
  const CurlLibrary* library;
  void operator()(curl_slist* list) const { library->slist_free_all(list); }
};
using Curl = std::unique_ptr<CURL, EndCurl>;
using HeaderList = std::unique_ptr<curl_slist, FreeList>;

std::size_t keep_answer(char* bytes, std::size_t size, std::size_t count, void* answer) {
  std::string& text = *static_cast<std::string*>(answer);
  if (text.size() + size * count > longest_answer) return 0;  // ends the transfer
  text.append(bytes, size * count);
  return size * count;
}

bool add_header(HeaderList& list, const std::string& header) {
  curl_slist* longer = list.get_deleter().library->slist_append(list.get(), header.c_str());
  if (longer == nullptr) return false;
  static_cast<void>(list.release());
  list.reset(longer);
  return true;
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

std::string problem_of(const CurlLibrary& library, CURLcode code, long status, const std::string& answer) {
  if (code == CURLE_OPERATION_TIMEDOUT) return "no answer in time";
  if (code == CURLE_WRITE_ERROR) return "the answer is too long";
  if (code != CURLE_OK) return library.easy_strerror(code);
  if (status >= 300 && status < 400)
    return "it answered " + std::to_string(status) + ", and redirects are not followed";
  if (status < 200 || status >= 300) return "it answered " + std::to_string(status);
  return rejection(answer);
}

/// Posts the request; the problem, or nothing.
std::string post(const OtlpSettings& settings, const std::string& body, const std::string& agent) {
  const CurlLibrary* library = curl_library();
  if (library == nullptr) return "libcurl, which would send it, is not installed";
  const Curl curl(library->easy_init(), EndCurl{library});
  if (!curl) return "libcurl does not start";
  HeaderList headers(nullptr, FreeList{library});
  bool good = add_header(headers, "Content-Type: application/json") && add_header(headers, "Expect:");
  for (const Secret& header : settings.headers) good = good && add_header(headers, header.reveal());
  std::string answer;
  const auto set = [&](CURLoption option, auto value) {
    good = good && library->easy_setopt(curl.get(), option, value) == CURLE_OK;
  };
  set(CURLOPT_URL, settings.endpoint.reveal().c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  if (!settings.certificate.empty()) set(CURLOPT_CAINFO, settings.certificate.c_str());
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(settings.timeout.count()));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(settings.timeout.count()));
  set(CURLOPT_QUICK_EXIT, 1L);  // a resolver that hangs is left behind, not waited for
  set(CURLOPT_NOSIGNAL, 1L);
  set(CURLOPT_USERAGENT, agent.c_str());
  set(CURLOPT_HTTPHEADER, headers.get());
  set(CURLOPT_POSTFIELDS, body.c_str());
  set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  set(CURLOPT_WRITEFUNCTION, keep_answer);
  set(CURLOPT_WRITEDATA, static_cast<void*>(&answer));
  if (!good) return "libcurl refuses the request";
  const CURLcode code = library->easy_perform(curl.get());
  long status = 0;
  library->easy_getinfo(curl.get(), CURLINFO_RESPONSE_CODE, &status);
  return problem_of(*library, code, status, answer);
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
