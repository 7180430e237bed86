// Which browser is started, and when none is.
#include <doctest/doctest.h>

#include "tests/unit/tracing/fake_programs.hpp"
#include "tracing/browser.hpp"

namespace {

using namespace queuetrace;

const std::string url = "https://viewer.example/trace/1?a=1&b=%27";
const std::string origin = "https://viewer.example";

TEST_CASE("the configured browser, then BROWSER, then the desktop") {
  const FakePrograms programs;
  for (const char* name : {"mine", "second", "xdg-open"}) programs.add(name);
  programs.add("first", "exit 1");
  const Environment environment =
      programs.environment({{"DISPLAY", ":0"}, {"BROWSER", "first --x:second --new %s --y=%s:other"}});
  BrowserResult result = open_in_browser({url, origin, {"mine", "--window"}}, environment);
  CHECK(result.opened);
  CHECK(result.message == "opened with mine");
  CHECK(programs.read("mine.argv") == "--window\n" + url + "\n");
  CHECK_FALSE(programs.ran("first"));
  result = open_in_browser({url, origin, {}}, environment);
  CHECK(result.message == "opened with second");
  CHECK(result.failures == std::vector<std::string>{"first failed with exit code 1"});
  CHECK(programs.read("second.argv") == "--new\n" + url + "\n--y=" + url + "\n");
  CHECK_FALSE(programs.ran("xdg-open"));
  CHECK(open_in_browser({url, origin, {}}, programs.environment({{"WAYLAND_DISPLAY", "w"}})).message ==
        "opened with xdg-open");
}

TEST_CASE("BROWSER is honoured without a display, xdg-open is not called there") {
  const FakePrograms programs;
  programs.add("helper");
  programs.add("xdg-open");
  CHECK(open_in_browser({url, origin, {}}, programs.environment({{"BROWSER", "helper"}})).message ==
        "opened with helper");
  const BrowserResult none = open_in_browser({url, origin, {}}, programs.environment());
  CHECK_FALSE(none.opened);
  CHECK(none.message == "not opened: there is no display and BROWSER is not set");
  CHECK_FALSE(programs.ran("xdg-open"));
}

TEST_CASE("other people's URLs and sudo start nothing") {
  const FakePrograms programs;
  programs.add("helper");
  const Environment environment = programs.environment({{"BROWSER", "helper"}});
  for (const char* bad : {"javascript:alert(1)", "file:///etc/passwd", "https://evil.example/trace/1",
                          "https://viewer.example@evil.example/", "https://viewer.example.evil.example/",
                          "https://viewer.example:8443/", "http://viewer.example/", "https://viewer.example/a b",
                          "https://viewer.example/\xc3\xa9", "https://viewer.example/\x1b", "", "--help"})
    CHECK_MESSAGE(!open_in_browser({bad, origin, {}}, environment).opened, bad);
  Environment sudo = environment;
  sudo["SUDO_USER"] = "ann";
  CHECK_FALSE(open_in_browser({url, origin, {}}, sudo).opened);
  CHECK_FALSE(programs.ran("helper"));
}

}  // namespace
