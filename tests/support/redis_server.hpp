// A throw-away Redis server in a private folder: started for one test, stopped by its process id.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "backends/drivers/redis/connection.hpp"

namespace queuetrace::test {

/// A free TCP port on the loopback address at this moment.
std::uint16_t free_port();

/// Starts `redis-server` without persistence on a Unix socket and a loopback port, and returns when it answers. Throws
/// when it is not installed or ends at once; tests fail then. It ends with the thread that started it, so with a test
/// that is killed, too.
class RedisServer {
 public:
  /// `options` are further configuration words, `--name value ...`. With `answers` false nothing is asked of it.
  explicit RedisServer(const std::vector<std::string>& options = {}, bool sentinel = false);
  ~RedisServer();
  RedisServer(const RedisServer&) = delete;
  RedisServer& operator=(const RedisServer&) = delete;

  std::uint16_t port() const { return port_; }
  const std::filesystem::path& folder() const { return folder_; }
  std::string socket_path() const { return (folder_ / "redis.sock").string(); }

  /// A target on its Unix socket, without log-in.
  RedisTarget target() const;
  RedisTarget tcp_target() const;

  /// Ends the process at once (SIGKILL); further calls do nothing.
  void kill();
  /// Starts it again after kill(), with the same options, folder and port; returns when it has loaded what it kept
  /// (`--appendonly yes`).
  void start_again();
  /// Both.
  void restart();

  /// Runs commands of any kind over a connection of its own, pipelined; throws on the first error reply.
  void run(const std::vector<std::vector<std::string>>& commands);
  /// One command's reply as text: integers in decimal, arrays joined by blanks, nil as `(nil)`, errors as they are.
  std::string ask(const std::vector<std::string>& command);
  /// Runs a file of redis-cli lines (`#` comments, quoted arguments).
  void load(const std::filesystem::path& file);

 private:
  void start(const std::vector<std::string>& words);
  void wait_until_it_answers();

  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  std::vector<std::string> command_;
  pid_t process_ = -1;
};

/// The arguments of one redis-cli line: blanks part them, "double" (with \xHH, \n, \r, \t, \b, \a, \\, \") and 'single'
/// quotes hold them together.
std::vector<std::string> split_line(const std::string& line);

}  // namespace queuetrace::test
