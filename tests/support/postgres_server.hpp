// A PostgreSQL server of our own for tests: private folder, Unix socket only, one for the whole test program, and an
// empty database for each test. Never touches a server that was there. Where no server is installed the first use
// throws: a missing server is a failure, not a reason to skip.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "model/source.hpp"

namespace queuetrace::test {

/// A database that exists as long as this object. Every role logs in without a password but one of the name `locked`,
/// which a test may create.
class PostgresDatabase {
 public:
  /// Empty.
  PostgresDatabase();
  /// With what psql loads from `file` and, if there is one, `second`: once for the whole program, copied from then on.
  explicit PostgresDatabase(const std::filesystem::path& file, const std::filesystem::path& second = {});
  ~PostgresDatabase();
  PostgresDatabase(const PostgresDatabase&) = delete;
  PostgresDatabase& operator=(const PostgresDatabase&) = delete;

  const std::string& name() const { return name_; }
  /// `postgresql:///name?host=FOLDER&user=USER`; without a user the one who may do everything.
  std::string url(std::string_view user = "") const;
  /// A source of this name with that URL.
  Source source(std::string_view user = "") const;
  /// The same, through a proxy on this port of the loopback address.
  Source source_at(std::uint16_t port) const;
  /// Kills a session of this database (SIGKILL), so that the server ends all others, too, and starts anew; returns when
  /// it answers again. What was committed stays where `synchronous_commit` is on.
  void kill_server() const;
  /// Runs statements in one transaction, in a session of their own. Throws std::runtime_error with what the server
  /// says.
  void run(const std::string& sql) const;
  /// Runs a file through psql, up to the first error, which is thrown with what psql said.
  void run_file(const std::filesystem::path& file) const;
  /// Their rows, a line each, fields separated by `|`, NULL as "".
  std::string ask(const std::string& sql) const;

 private:
  std::string name_;
};

/// The folder of the server's socket and its process, for tests that stop or pause it.
std::filesystem::path postgres_socket_folder();
int postgres_process();

/// Kills every process of the server at once (SIGKILL), at any moment and from any thread; nobody answers then.
void kill_postgres();
/// Starts the server again on its data and returns when it answers. From the thread that runs the tests: the server
/// ends with the thread that started it.
void start_postgres();

/// As long as it lives the server is a standby that reads what was committed before and takes no changes. Sessions that
/// are open when it comes or goes are lost. From the thread that runs the tests.
class StandbyMode {
 public:
  StandbyMode();
  ~StandbyMode();
  StandbyMode(const StandbyMode&) = delete;
  StandbyMode& operator=(const StandbyMode&) = delete;
};

}  // namespace queuetrace::test
