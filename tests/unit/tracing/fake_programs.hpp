// A folder of fake helper programs that record their arguments and standard input.
#pragma once

#include <doctest/doctest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tracing/child_process.hpp"

namespace queuetrace {

class FakePrograms {
 public:
  FakePrograms() {
    std::string pattern = (std::filesystem::temp_directory_path() / "queuetrace-test-XXXXXX").string();
    REQUIRE(mkdtemp(pattern.data()) != nullptr);
    folder_ = pattern;
  }
  FakePrograms(const FakePrograms&) = delete;
  FakePrograms& operator=(const FakePrograms&) = delete;
  ~FakePrograms() { std::filesystem::remove_all(folder_); }

  /// A program that writes `name.argv` (one argument a line), `name.stdin` and `name.env`, then runs `end`.
  void add(const std::string& name, const std::string& end = "exit 0") const {
    std::ofstream file(path(name));
    file << "#!/bin/sh\n: > '" << path(name) << ".argv'\nfor a in \"$@\"; do printf '%s\\n' \"$a\" >> '" << path(name)
         << ".argv'; done\n/bin/cat > '" << path(name) << ".stdin'\n/usr/bin/env > '" << path(name) << ".env'\n"
         << end << "\n";
    file.close();
    REQUIRE(chmod(path(name).c_str(), 0700) == 0);
  }
  std::string path(const std::string& name) const { return folder_ / name; }
  std::string read(const std::string& name) const {
    std::ifstream file(path(name), std::ios::binary);
    std::stringstream text;
    text << file.rdbuf();
    return text.str();
  }
  bool ran(const std::string& name) const { return std::filesystem::exists(path(name + ".argv")); }
  Environment environment(Environment more = {}) const {
    more["PATH"] = folder_.string();
    return more;
  }

 private:
  std::filesystem::path folder_;
};

}  // namespace queuetrace
