#include "tracing/curl_library.hpp"

#include <dlfcn.h>

#include <optional>
#include <type_traits>

namespace queuetrace {
namespace {

constexpr const char* shared_object = "libcurl.so.4";  // its ABI since 2006

std::optional<CurlLibrary> load() {
  void* handle = ::dlopen(shared_object, RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return std::nullopt;
  CurlLibrary library;
  bool complete = true;
  const auto find = [&](const char* name, auto& function) {
    function = reinterpret_cast<std::decay_t<decltype(function)>>(::dlsym(handle, name));
    complete = complete && function != nullptr;
  };
  find("curl_global_init", library.global_init);
  find("curl_easy_init", library.easy_init);
  find("curl_easy_cleanup", library.easy_cleanup);
  find("curl_easy_setopt", library.easy_setopt);
  find("curl_easy_perform", library.easy_perform);
  find("curl_easy_getinfo", library.easy_getinfo);
  find("curl_easy_strerror", library.easy_strerror);
  find("curl_slist_append", library.slist_append);
  find("curl_slist_free_all", library.slist_free_all);
  if (!complete || library.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) return std::nullopt;
  return library;
}

}  // namespace

const CurlLibrary* curl_library() {
  static const std::optional<CurlLibrary> library = load();
  return library ? &*library : nullptr;
}

}  // namespace queuetrace
