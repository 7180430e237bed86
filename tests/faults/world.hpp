// A home folder and the program in it.
#pragma once

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/clean_environment.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {

/// A password that must never be seen.
inline constexpr const char* canary = "CANARY-7f3a";

/// After every run the canary is looked for everywhere.
class World {
 public:
  ProgramResult run(std::vector<std::string> words) const {
    words.insert(words.begin(), QUEUETRACE_PROGRAM);
    return start(words);
  }

  /// A line of bash in which "$0" is the program, as is `queuetrace`.
  ProgramResult shell(const std::string& line) const {
    return start({"bash", "-c", "queuetrace() { \"$0\" \"$@\"; }; " + line, QUEUETRACE_PROGRAM});
  }

  /// Any program, in this home.
  ProgramResult start(const std::vector<std::string>& words) const {
    std::map<std::string, std::string> environment = clean_environment(home());
    for (const auto& [name, value] : more_) environment[name] = value;
    const ProgramResult result = run_program(words, environment);
    CHECK_MESSAGE(result.output.find(canary) == std::string::npos, result.output);
    CHECK_MESSAGE(result.messages.find(canary) == std::string::npos, result.messages);
    for (const std::filesystem::directory_entry& entry : std::filesystem::recursive_directory_iterator(home())) {
      if (!entry.is_regular_file() || entry.path().extension() == ".toml") continue;
      std::ostringstream text;
      text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
      CHECK_MESSAGE(text.str().find(canary) == std::string::npos, entry.path().string());
    }
    return result;
  }

  void set(const std::string& name, const std::string& value) { more_[name] = value; }
  const std::filesystem::path& home() const { return home_.path(); }

 private:
  testing::TemporaryFolder home_;
  std::map<std::string, std::string> more_;
};

}  // namespace queuetrace::test
