// The processes of a PostgreSQL server that a test started: begun, listed, watched as they end.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace queuetrace::test {

/// The folder with initdb and postgres: that of the newest installed release. Throws std::runtime_error when there is
/// none.
std::filesystem::path server_programs();

/// What a program that ended left.
struct Finished {
  int status = 0;      ///< as waitpid() gives it
  std::string output;  ///< stdout and stderr
};

/// Starts `arguments` in the root folder; as a server it runs as user postgres where this process is root, and ends
/// with the thread that started it. Output goes to the descriptor `output`. Gives the process id.
pid_t start_for_postgres(const std::vector<std::string>& arguments, bool as_server, int output);

/// The same, waited for.
Finished run_for_postgres(const std::vector<std::string>& arguments, bool as_server = false);

std::vector<pid_t> children_of(pid_t parent);

/// Whether a process has ended, waited for or not.
bool has_ended(pid_t process);

}  // namespace queuetrace::test
