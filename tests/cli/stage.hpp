// What golden cases run against: servers with the conformance fixtures, a capture of the demo, a home folder with a
// configuration that names them, and the environment of the program. Program and servers live at one fixed moment,
// 2026-01-02T04:30:00Z.
#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/postgres_server.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {

class Stage {
 public:
  /// `values`: further ones, of servers that the test starts itself.
  explicit Stage(std::map<std::string, std::string> values = {});
  ~Stage();
  Stage(const Stage&) = delete;
  Stage& operator=(const Stage&) = delete;

  /// The values of `${NAME}` in cases: HAMMERWORK_A, _B, _C, REDIS, REDIS_RENAMED, REDIS_HOSTILE and CAPTURE are URLs;
  /// FOLDER is the home folder, which also holds the files of tests/cli/files; SOCKET is the folder of PostgreSQL's
  /// socket, REDIS_SOCKET the socket of the first Redis.
  const std::map<std::string, std::string>& values() const { return values_; }
  void set(const std::string& name, const std::string& value) { values_[name] = value; }

  /// Runs `queuetrace ...`; leading NAME=VALUE words are added to the environment. With COLUMNS among them it runs on a
  /// terminal of that width, and what both streams printed is the output, escape characters as `\\e`.
  ProgramResult run(const std::vector<std::string>& words, const std::string& input = "") const;

  /// That of the program: the home folder, the fixed moment.
  const std::map<std::string, std::string>& environment() const { return environment_; }

  const std::filesystem::path& folder() const { return folder_.path(); }
  const PostgresDatabase& hammerwork_c() const { return *databases_.back(); }
  RedisServer& redis() { return *redis_.front(); }

 private:
  void load_servers();
  void write_home();
  /// A table of one's own and the configuration that describes it: tasks.db, tasks.toml.
  void write_tasks() const;

  testing::TemporaryFolder folder_;
  std::filesystem::path clock_library_;
  std::vector<std::unique_ptr<PostgresDatabase>> databases_;
  std::vector<std::unique_ptr<RedisServer>> redis_;
  std::map<std::string, std::string> values_;
  std::map<std::string, std::string> environment_;
};

}  // namespace queuetrace::test
