#include "tracing/browser.hpp"

#include <algorithm>

#include "model/letter_case.hpp"
#include "tracing/characters.hpp"
#include "tracing/split.hpp"
#include "tracing/url.hpp"

namespace queuetrace {
namespace {

using Argv = std::vector<std::string>;

/// `%s` inside arguments replaced by the URL; appended where there is none.
Argv with_url(Argv argv, const std::string& url) {
  bool placed = false;
  for (std::string& argument : argv) {
    for (std::size_t at = argument.find("%s"); at != std::string::npos; at = argument.find("%s", at + url.size())) {
      argument.replace(at, 2, url);
      placed = true;
    }
  }
  if (!placed) argv.push_back(url);
  return argv;
}

/// The entries of `BROWSER`: separated by colons, split at blanks, no shell.
std::vector<Argv> from_environment(const Environment& environment) {
  std::vector<Argv> browsers;
  const auto variable = environment.find("BROWSER");
  if (variable == environment.end()) return browsers;
  for (const std::string_view entry : split(variable->second, ':')) {
    Argv argv;
    for (const std::string_view word : split(entry, ' '))
      if (!word.empty()) argv.emplace_back(word);
    if (!argv.empty()) browsers.push_back(std::move(argv));
  }
  return browsers;
}

std::vector<Argv> from_platform(const Environment& environment) {
#ifdef __APPLE__
  return {{"/usr/bin/open"}};
#endif
  std::vector<Argv> browsers;
  if (is_set(environment, "WSL_DISTRO_NAME") || is_set(environment, "WSL_INTEROP")) {
    browsers.push_back({"wslview"});
    browsers.push_back({"rundll32.exe", "url.dll,FileProtocolHandler"});
  }
  if (is_set(environment, "DISPLAY") || is_set(environment, "WAYLAND_DISPLAY"))
    for (const Argv& argv : {Argv{"xdg-open"}, Argv{"gio", "open"}, Argv{"x-www-browser"}, Argv{"www-browser"}})
      browsers.push_back(argv);
  if (is_set(environment, "TERMUX_VERSION")) browsers.push_back({"termux-open-url"});
  return browsers;
}

/// Why the URL is not opened; empty when it may be.
std::string url_refusal(const BrowserRequest& request) {
  if (std::string problem = url_problem(request.url, false); !problem.empty())
    return "refused to open the URL: " + problem;
  const UrlParts parts = split_url(request.url);
  const std::string origin = lower_case(parts.scheme) + "://" + std::string(parts.authority);
  if (!equal_ignoring_case(origin, request.viewer_origin)) return "refused to open the URL: it is not the viewer's";
  return {};
}

}  // namespace

BrowserResult open_in_browser(const BrowserRequest& request, const Environment& environment) {
  BrowserResult result;
  if (result.message = url_refusal(request); !result.message.empty()) return result;
  if (is_set(environment, "SUDO_USER")) {
    result.message = "not opened: a browser is not started as another user (sudo)";
    return result;
  }
  std::vector<Argv> browsers;
  if (!request.preferred.empty()) browsers.push_back(request.preferred);
  std::ranges::move(from_environment(environment), std::back_inserter(browsers));
  std::ranges::move(from_platform(environment), std::back_inserter(browsers));
  for (const Argv& browser : browsers) {
    const ChildResult child =
        run_child({.argv = with_url(browser, request.url), .standard_input = {}, .detached = true}, environment);
    if (child.succeeded()) {
      result.opened = true;
      result.message = "opened with " + browser.front();
      return result;
    }
    result.failures.push_back(child.problem);
  }
  result.message = browsers.empty() ? "not opened: there is no display and BROWSER is not set"
                                    : "not opened: " + result.failures.back();
  return result;
}

}  // namespace queuetrace
