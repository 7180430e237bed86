// One question to a span store over HTTP, bounded in time and bytes whatever the server does.
#pragma once

#include <chrono>
#include <cstddef>
#include <stop_token>
#include <string>
#include <vector>

#include "model/error.hpp"
#include "model/secret.hpp"

namespace queuetrace {

/// What holds for all questions of one run.
struct HttpBounds {
  std::chrono::steady_clock::time_point deadline;  ///< of the whole answer, redirects included
  std::size_t bytes = 32 * 1024 * 1024;            ///< of the answer, after it was unpacked
  std::stop_token stop = {};                       ///< asked for a few times a second
};

struct HttpAnswer {
  long status = 0;      ///< 0: no answer
  std::string body;     ///< of any server, of any kind: whatever it says about its type is not looked at
  std::string problem;  ///< why there is no answer to use; empty for every status but a redirect elsewhere
  ErrorKind kind = ErrorKind::unreachable;  ///< of the problem
};

/// GETs `url`, which the caller has put together of a checked base and encoded values. gzip is asked for and unpacked.
/// Redirects are followed three times at most and only to the same scheme, host and port: the headers, which may hold a
/// token, go nowhere else. Certificates are verified. Blocks until the deadline at most. Never throws.
HttpAnswer http_get(const std::string& url, const std::vector<Secret>& headers, const HttpBounds& bounds);

}  // namespace queuetrace
