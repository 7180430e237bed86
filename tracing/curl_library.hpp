// libcurl, loaded only when a request is sent: loading it and its three dozen libraries would double the start-up time
// of every run.
#pragma once

#include <curl/curl.h>

namespace queuetrace {

/// The functions of libcurl that are called here, by their names there.
struct CurlLibrary {
  decltype(&::curl_global_init) global_init = nullptr;
  decltype(&::curl_easy_init) easy_init = nullptr;
  decltype(&::curl_easy_cleanup) easy_cleanup = nullptr;
  decltype(&::curl_easy_setopt) easy_setopt = nullptr;
  decltype(&::curl_easy_perform) easy_perform = nullptr;
  decltype(&::curl_easy_getinfo) easy_getinfo = nullptr;
  decltype(&::curl_easy_strerror) easy_strerror = nullptr;
  decltype(&::curl_slist_append) slist_append = nullptr;
  decltype(&::curl_slist_free_all) slist_free_all = nullptr;
};

/// Loaded and initialised once; nullptr when libcurl is not installed or cannot be initialised. Not thread-safe.
const CurlLibrary* curl_library();

}  // namespace queuetrace
