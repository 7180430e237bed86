// `source list --check` where servers accept connections and say nothing, and a password is never printed: each is
// given up, whatever the configuration allows, and the others are shown.
#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/support/clean_environment.hpp"
#include "tests/support/loopback_listener.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

TEST_CASE("sources that never answer do not hold the list of those that do") {
  const testing::TemporaryFolder home;
  const LoopbackListener silent = listen_on_loopback();
  auto environment = clean_environment(home.path());
  const std::string demo = (home.path() / "demo.db").string();
  REQUIRE(run_program({QUEUETRACE_PROGRAM, "demo", demo}, environment, "", 60).exit_code == 0);
  const std::filesystem::path file = home.path() / "config.toml";
  const std::string host = "127.0.0.1:" + std::to_string(silent.port);
  const std::string patient = "connect_timeout = \"1000s\"\nstatement_timeout = \"1000s\"\n";
  std::ofstream(file) << "[sources.redis]\nurl = \"redis://" << host << "\"\n"
                      << patient  //
                      << "[sources.postgres]\nurl = \"postgresql://" << host << "/jobs\"\n"
                      << patient << "[sources.asked]\nurl = \"redis://" << host
                      << "\"\npassword_command = [\"sleep\", \"1000\"]\n"
                      << "[sources.demo]\nurl = \"sqlite:" << demo << "\"\n";
  std::filesystem::permissions(file, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  environment["QUEUETRACE_CONFIG"] = file.string();
  const ProgramResult result =
      run_program({QUEUETRACE_PROGRAM, "source", "list", "--check", "-o", "json"}, environment, "", 300);
  ::close(silent.descriptor);
  INFO(result.output, result.messages);
  CHECK(result.exit_code == 7);
  const auto sources = nlohmann::json::parse(result.output).at("sources");
  REQUIRE(sources.size() == 4);
  for (std::size_t source = 0; source < 3; ++source) CHECK(sources[source].at("status") == "failed");
  CHECK(sources[0].at("error_code") == "timed_out");
  CHECK(sources[1].at("error_code") == "unreachable");  // so libpq's end of patience is called everywhere
  CHECK(sources[2].at("error_code") == "timed_out");
  CHECK(sources[3].at("status") == "ok");
  CHECK(sources[3].at("systems") == nlohmann::json::array({"capture"}));
  CHECK(sources[3].at("may_change") == false);
  CHECK(sources[3].at("obstacle") == "Capture: its jobs cannot be changed");
}

}  // namespace
}  // namespace queuetrace::test
