// The environment in which tests run the program: nothing of the caller's, a home folder of the test.
#pragma once

#include <filesystem>
#include <map>
#include <string>

namespace queuetrace::test {

/// HOME and the XDG folders inside `home`, UTC, a UTF-8 locale, the system's PATH; no DATABASE_URL, no display.
inline std::map<std::string, std::string> clean_environment(const std::filesystem::path& home) {
  return {{"HOME", home.string()},
          {"XDG_CONFIG_HOME", (home / "config").string()},
          {"XDG_STATE_HOME", (home / "state").string()},
          {"XDG_CACHE_HOME", (home / "cache").string()},
          {"PATH", "/usr/bin:/bin"},
          {"TZ", "UTC"},
          {"LC_ALL", "C.UTF-8"}};
}

}  // namespace queuetrace::test
