// What every request with libcurl holds: the handle and its list of headers, freed with the library that made them.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "tracing/curl_library.hpp"

namespace queuetrace {

/// One request that is being put together. Every option that libcurl refuses makes it unusable: good() says so.
class CurlHandle {
 public:
  /// With what holds for all requests: http and https alone, certificates verified, TLS 1.2 or later, no redirects, no
  /// signals, and a resolver that hangs left behind. `library` must outlive it.
  explicit CurlHandle(const CurlLibrary& library);
  CurlHandle(const CurlHandle&) = delete;
  CurlHandle& operator=(const CurlHandle&) = delete;

  template <class Value>
  void set(CURLoption option, Value value) {
    good_ = good_ && library_.easy_setopt(curl_.get(), option, value) == CURLE_OK;
  }
  /// `Name: value`; the text is copied.
  void add_header(const std::string& header);
  /// Of the whole request, connecting included.
  void set_timeout(std::chrono::milliseconds timeout);

  bool good() const { return good_; }
  /// Sends and blocks until the answer is there. Call it once, and only when good().
  CURLcode perform();
  /// Of the answer; 0: there is none.
  long status() const;
  /// Where a redirect leads, made whole by libcurl; empty: no redirect.
  std::string redirect() const;
  std::string problem(CURLcode code) const { return library_.easy_strerror(code); }

 private:
  struct EndCurl {
    const CurlLibrary* library;
    void operator()(CURL* curl) const { library->easy_cleanup(curl); }
  };
  struct FreeList {
    const CurlLibrary* library;
    void operator()(curl_slist* list) const { library->slist_free_all(list); }
  };

  const CurlLibrary& library_;
  std::unique_ptr<CURL, EndCurl> curl_;
  std::unique_ptr<curl_slist, FreeList> headers_;
  bool good_ = false;
};

}  // namespace queuetrace
