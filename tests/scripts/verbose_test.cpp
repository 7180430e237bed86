// What --verbose says of the configuration, by commands that read none as well.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>

#include "tests/support/clean_environment.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

/// The first line that the command says with --verbose.
std::string said(const std::string& command, const std::map<std::string, std::string>& environment) {
  const std::string messages = run_program({QUEUETRACE_PROGRAM, command, "-v", "-o", "name"}, environment).messages;
  return messages.substr(0, messages.find('\n'));
}

TEST_CASE("the configuration is named by its path, also where it is not read") {
  const testing::TemporaryFolder home;
  std::map<std::string, std::string> environment = clean_environment(home.path());
  const std::filesystem::path file = home.path() / "config/queuetrace/config.toml";
  for (const char* command : {"version", "history"})
    CHECK(said(command, environment) == "note: configuration: " + file.string() + " (not found)");
  std::filesystem::create_directories(file.parent_path());
  std::ofstream(file) << "[sources.shop]\nurl = 'redis://shop'\n";
  for (const char* command : {"version", "history"})
    CHECK(said(command, environment) == "note: configuration: " + file.string());
  environment["QUEUETRACE_CONFIG"] = "/nowhere/config.toml";
  CHECK(said("version", environment) == "note: configuration: /nowhere/config.toml (not found)");
  for (const char* variable : {"QUEUETRACE_CONFIG", "XDG_CONFIG_HOME", "HOME"}) environment.erase(variable);
  CHECK(said("version", environment) == "note: configuration: none: HOME is not set");
}

}  // namespace
}  // namespace queuetrace::test
