// One request to a collector or span store that hands it spans.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "model/secret.hpp"

namespace queuetrace {

struct HttpPost {
  Secret url;                   ///< http or https; its query may hold a key
  std::vector<Secret> headers;  ///< `Name: value`, besides those below
  std::string certificate;      ///< file with the certificates to trust instead of the system's; empty: the system's
  std::chrono::milliseconds timeout{10'000};
  std::string agent = "queuetrace";  ///< User-Agent
  bool is_gzip = false;              ///< the body is packed
};

struct HttpPosted {
  long status = 0;      ///< 0: no answer
  std::string answer;   ///< at most 4 MiB
  std::string problem;  ///< why there is no answer, printable; empty for every status but a redirect
};

/// POSTs `body`, JSON. Blocks until the time-out at most, connecting included. Certificates are verified, redirects are
/// not followed, so that the headers go to that one host. Sends once. Throws std::bad_alloc only.
HttpPosted http_post(const HttpPost& post, const std::string& body);

}  // namespace queuetrace
