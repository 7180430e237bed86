#include "tracing/http_post.hpp"

#include "tracing/curl_handle.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t longest_answer = 4 * 1024 * 1024;  // advised by the OTLP specification

std::size_t keep_answer(char* bytes, std::size_t size, std::size_t count, void* answer) {
  std::string& text = *static_cast<std::string*>(answer);
  if (text.size() + size * count > longest_answer) return 0;  // ends the transfer
  text.append(bytes, size * count);
  return size * count;
}

std::string problem_of(const CurlHandle& request, CURLcode code) {
  const long status = request.status();
  if (code == CURLE_OPERATION_TIMEDOUT) return "no answer in time";
  if (code == CURLE_WRITE_ERROR) return "the answer is too long";
  if (code != CURLE_OK) return request.problem(code);
  if (status >= 300 && status < 400)
    return "it answered " + std::to_string(status) + ", and redirects are not followed";
  return {};
}

}  // namespace

HttpPosted http_post(const HttpPost& post, const std::string& body) {
  HttpPosted posted;
  const CurlLibrary* library = curl_library();
  if (library == nullptr) {
    posted.problem = "libcurl, which would send it, is not installed";
    return posted;
  }
  CurlHandle request(*library);
  request.add_header("Content-Type: application/json");
  request.add_header("Expect:");
  if (post.is_gzip) request.add_header("Content-Encoding: gzip");
  for (const Secret& header : post.headers) request.add_header(header.reveal());
  request.set(CURLOPT_URL, post.url.reveal().c_str());
  if (!post.certificate.empty()) request.set(CURLOPT_CAINFO, post.certificate.c_str());
  request.set_timeout(post.timeout);
  request.set(CURLOPT_USERAGENT, post.agent.c_str());
  request.set(CURLOPT_POSTFIELDS, body.data());
  request.set(CURLOPT_POSTFIELDSIZE, static_cast<long>(body.size()));
  request.set(CURLOPT_WRITEFUNCTION, keep_answer);
  request.set(CURLOPT_WRITEDATA, static_cast<void*>(&posted.answer));
  if (!request.good()) {
    posted.problem = "libcurl refuses the request";
    return posted;
  }
  posted.problem = problem_of(request, request.perform());
  posted.status = request.status();
  return posted;
}

}  // namespace queuetrace
