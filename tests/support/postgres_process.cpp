#include "tests/support/postgres_process.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

namespace queuetrace::test {
namespace {

struct ProcessState {
  char letter = 'X';  ///< as in proc(5); `X`: it is gone, or only waits to be forgotten
  pid_t parent = 0;
};

ProcessState state_of(pid_t process) {
  std::ifstream file("/proc/" + std::to_string(process) + "/stat");
  std::string line;
  std::getline(file, line);
  ProcessState state;
  std::istringstream behind_the_name(line.substr(line.rfind(')') + 1));
  if (!(behind_the_name >> state.letter >> state.parent) || state.letter == 'Z') return {};
  return state;
}

}  // namespace

std::filesystem::path server_programs() {
  namespace fs = std::filesystem;
  std::vector<fs::path> found;
  const fs::path root = "/usr/lib/postgresql";
  if (fs::exists(root))
    for (const fs::directory_entry& entry : fs::directory_iterator(root))
      if (fs::exists(entry.path() / "bin/postgres")) found.push_back(entry.path() / "bin");
  if (found.empty())
    for (const char* folder : {"/usr/bin", "/usr/local/bin", "/usr/local/pgsql/bin"})
      if (fs::exists(fs::path(folder) / "postgres")) found.emplace_back(folder);
  if (found.empty())
    throw std::runtime_error(
        "no PostgreSQL server found under /usr/lib/postgresql/*/bin: install the package postgresql");
  return *std::ranges::max_element(found, {},
                                   [](const fs::path& bin) { return std::atoi(bin.parent_path().filename().c_str()); });
}

pid_t start_for_postgres(const std::vector<std::string>& arguments, bool as_server, int output) {
  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  const passwd* user = as_server && geteuid() == 0 ? getpwnam("postgres") : nullptr;
  const pid_t child = fork();
  if (child != 0) return child;
  if (user != nullptr && (setgroups(0, nullptr) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0))
    _exit(126);
  // Behind the change of user, which would forget it.
  if (as_server) prctl(PR_SET_PDEATHSIG, SIGQUIT);
  dup2(output, STDOUT_FILENO);
  dup2(output, STDERR_FILENO);
  if (chdir("/") != 0) _exit(126);
  execv(argv[0], argv.data());
  _exit(127);
}

Finished run_for_postgres(const std::vector<std::string>& arguments, bool as_server) {
  std::array<int, 2> pipe_ends{};
  if (pipe2(pipe_ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const pid_t child = start_for_postgres(arguments, as_server, pipe_ends[1]);
  close(pipe_ends[1]);
  Finished finished;
  std::array<char, 4096> window{};
  for (ssize_t count = 0; (count = read(pipe_ends[0], window.data(), window.size())) > 0;)
    finished.output.append(window.data(), static_cast<std::size_t>(count));
  close(pipe_ends[0]);
  waitpid(child, &finished.status, 0);
  return finished;
}

std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> children;
  for (const std::filesystem::directory_entry& entry : std::filesystem::directory_iterator("/proc")) {
    const pid_t process = std::atoi(entry.path().filename().c_str());
    if (process > 0 && state_of(process).parent == parent) children.push_back(process);
  }
  return children;
}

bool has_ended(pid_t process) { return state_of(process).letter == 'X'; }

}  // namespace queuetrace::test
