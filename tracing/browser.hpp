// Opens a link in the user's browser, by argv and without a shell (docs/tracing.md section 4.3).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tracing/child_process.hpp"

namespace queuetrace {

struct BrowserRequest {
  std::string url;
  std::string viewer_origin;           ///< `https://host:port` the URL must belong to (Viewer::origin())
  std::vector<std::string> preferred;  ///< configured argv; `%s` in an argument becomes the URL, else it is appended
};

struct BrowserResult {
  bool opened = false;
  std::string message;                ///< `opened with xdg-open`, or why nothing was opened
  std::vector<std::string> failures;  ///< what was tried before, and why it failed
};

/// Starts the first browser that works, detached: the configured one, each entry of `BROWSER`, then what the platform
/// has. Nothing is started for a URL that is not http(s) of the viewer's origin in plain ASCII, under sudo, or where
/// there is no display (xdg-open would take over the terminal with a text browser). Never throws.
BrowserResult open_in_browser(const BrowserRequest& request, const Environment& environment);

}  // namespace queuetrace
