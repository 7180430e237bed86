#include "tracing/curl_handle.hpp"

namespace queuetrace {

CurlHandle::CurlHandle(const CurlLibrary& library)
    : library_(library),
      curl_(library.easy_init(), EndCurl{&library}),
      headers_(nullptr, FreeList{&library}),
      good_(curl_ != nullptr) {
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_FOLLOWLOCATION, 0L);
  set(CURLOPT_SSL_VERIFYPEER, 1L);
  set(CURLOPT_SSL_VERIFYHOST, 2L);
  set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  set(CURLOPT_QUICK_EXIT, 1L);  // a resolver that hangs is left behind, not waited for
  set(CURLOPT_NOSIGNAL, 1L);
}

void CurlHandle::add_header(const std::string& header) {
  curl_slist* longer = good_ ? library_.slist_append(headers_.get(), header.c_str()) : nullptr;
  good_ = longer != nullptr;
  if (!good_) return;
  static_cast<void>(headers_.release());
  headers_.reset(longer);
}

void CurlHandle::set_timeout(std::chrono::milliseconds timeout) {
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(timeout.count()));
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout.count()));
}

CURLcode CurlHandle::perform() {
  set(CURLOPT_HTTPHEADER, headers_.get());
  return good_ ? library_.easy_perform(curl_.get()) : CURLE_FAILED_INIT;
}

long CurlHandle::status() const {
  long status = 0;
  if (curl_) library_.easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
  return status;
}

std::string CurlHandle::redirect() const {
  char* url = nullptr;
  if (curl_) library_.easy_getinfo(curl_.get(), CURLINFO_REDIRECT_URL, &url);
  return url == nullptr ? std::string() : std::string(url);
}

}  // namespace queuetrace
