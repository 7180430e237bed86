#include "tracing/span_store/http_get.hpp"

#include <algorithm>
#include <string_view>

#include "model/letter_case.hpp"
#include "tracing/characters.hpp"
#include "tracing/curl_handle.hpp"
#include "tracing/url.hpp"

namespace queuetrace {
namespace {

constexpr int most_redirects = 3;

struct Transfer {
  std::string body;
  std::size_t most = 0;
  std::stop_token stop;
  bool too_long = false;
};

std::size_t keep(char* bytes, std::size_t size, std::size_t count, void* data) {
  Transfer& transfer = *static_cast<Transfer*>(data);
  if (size * count > transfer.most - transfer.body.size()) {
    transfer.too_long = true;
    return 0;  // ends the transfer
  }
  transfer.body.append(bytes, size * count);
  return size * count;
}

int is_stopped(void* data, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Transfer*>(data)->stop.stop_requested() ? 1 : 0;
}

/// `https://host:443`, in lower case, the port always there.
std::string origin_of(std::string_view url) {
  const UrlParts parts = split_url(url);
  const std::string scheme = lower_case(parts.scheme);
  std::string authority = lower_case(parts.authority);
  const std::size_t colon = authority.rfind(':');
  const bool has_port = colon != std::string::npos && all_digits(std::string_view(authority).substr(colon + 1));
  if (!has_port) authority += scheme == "https" ? ":443" : ":80";
  return scheme + "://" + authority;
}

std::string size_text(std::size_t bytes) {
  constexpr std::size_t mebibyte = 1024 * 1024;
  return bytes >= mebibyte ? std::to_string(bytes / mebibyte) + " MiB" : std::to_string(bytes) + " bytes";
}

std::string problem_of(const CurlHandle& request, CURLcode code, const Transfer& transfer) {
  if (transfer.too_long) return "its answer is longer than " + size_text(transfer.most);
  switch (code) {
    case CURLE_OK: return {};
    case CURLE_OPERATION_TIMEDOUT: return "no whole answer in time";
    case CURLE_ABORTED_BY_CALLBACK: return "interrupted";
    case CURLE_COULDNT_CONNECT: return "cannot connect";
    case CURLE_COULDNT_RESOLVE_HOST: return "its host name is not known";
    case CURLE_PARTIAL_FILE: return "its answer ended early";
    case CURLE_GOT_NOTHING: return "it closed the connection without an answer";
    case CURLE_BAD_CONTENT_ENCODING: return "its compressed answer cannot be unpacked";
    case CURLE_PEER_FAILED_VERIFICATION: return "its certificate is not trusted";
    default: return request.problem(code);
  }
}

/// One request; `next` is where a redirect leads.
HttpAnswer get_once(const CurlLibrary& library, const std::string& url, const std::vector<Secret>& headers,
                    const HttpBounds& bounds, std::string& next) {
  using std::chrono::milliseconds;
  const auto left = std::chrono::duration_cast<milliseconds>(bounds.deadline - std::chrono::steady_clock::now());
  HttpAnswer answer;
  if (left <= milliseconds(0)) {
    answer.problem = "no whole answer in time";
    answer.kind = ErrorKind::timed_out;
    return answer;
  }
  Transfer transfer{{}, bounds.bytes, bounds.stop, false};
  CurlHandle request(library);
  request.add_header("Accept: application/json");
  for (const Secret& header : headers) request.add_header(header.reveal());
  request.set(CURLOPT_URL, url.c_str());
  request.set(CURLOPT_HTTPGET, 1L);
  request.set(CURLOPT_ACCEPT_ENCODING, "gzip");
  request.set(CURLOPT_USERAGENT, "queuetrace");
  request.set_timeout(left);
  request.set(CURLOPT_WRITEFUNCTION, keep);
  request.set(CURLOPT_WRITEDATA, static_cast<void*>(&transfer));
  request.set(CURLOPT_XFERINFOFUNCTION, is_stopped);
  request.set(CURLOPT_XFERINFODATA, static_cast<void*>(&transfer));
  request.set(CURLOPT_NOPROGRESS, 0L);
  if (!request.good()) {
    answer.problem = "libcurl refuses the request";
    return answer;
  }
  const CURLcode code = request.perform();
  answer.problem = problem_of(request, code, transfer);
  if (code == CURLE_OPERATION_TIMEDOUT) answer.kind = ErrorKind::timed_out;
  if (!answer.problem.empty()) return answer;
  answer.status = request.status();
  answer.body = std::move(transfer.body);
  if (answer.status >= 300 && answer.status < 400) next = request.redirect();
  return answer;
}

}  // namespace

HttpAnswer http_get(const std::string& url, const std::vector<Secret>& headers, const HttpBounds& bounds) {
  HttpAnswer answer;
  const CurlLibrary* library = curl_library();
  if (library == nullptr) {
    answer.problem = "libcurl, which would ask it, is not installed";
    return answer;
  }
  std::string at = url;
  for (int redirects = 0;; ++redirects) {
    std::string next;
    answer = get_once(*library, at, headers, bounds, next);
    if (!answer.problem.empty() || answer.status < 300 || answer.status >= 400) return answer;
    if (next.empty())
      answer.problem = "it answered " + std::to_string(answer.status) + " and does not say where to go";
    else if (origin_of(next) != origin_of(url))
      answer.problem = "it redirects to another host, " + origin_of(next) + ", which is not followed";
    else if (redirects == most_redirects)
      answer.problem = "it redirects over and over";
    if (!answer.problem.empty()) return answer;
    at = next;
  }
}

}  // namespace queuetrace
