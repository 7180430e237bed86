#include "tests/support/run_program.hpp"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <fstream>
#include <stdexcept>

namespace queuetrace::test {
namespace {

struct Pipe {
  int read_end = -1, write_end = -1;
  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("pipe2 failed");
    read_end = ends[0];
    write_end = ends[1];
  }
  ~Pipe() {
    close_read();
    close_write();
  }
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  void close_read() { close_end(read_end); }
  void close_write() { close_end(write_end); }

 private:
  static void close_end(int& end) {
    if (end >= 0) ::close(end);
    end = -1;
  }
};

/// Reads what is there; closes the pipe at its end.
void drain(Pipe& pipe, std::string& into) {
  std::array<char, 65536> buffer;
  const ssize_t count = ::read(pipe.read_end, buffer.data(), buffer.size());
  if (count > 0)
    into.append(buffer.data(), static_cast<std::size_t>(count));
  else
    pipe.close_read();
}

}  // namespace

ProgramResult run_program(const std::vector<std::string>& arguments,
                          const std::map<std::string, std::string>& environment, const std::string& input,
                          int seconds) {
  Pipe in, out, err;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, in.read_end, 0);
  ::posix_spawn_file_actions_adddup2(&actions, out.write_end, 1);
  ::posix_spawn_file_actions_adddup2(&actions, err.write_end, 2);

  std::vector<char*> argv;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<std::string> pairs;
  for (const auto& [name, value] : environment) pairs.push_back(name + "=" + value);
  std::vector<char*> envp;
  for (std::string& pair : pairs) envp.push_back(pair.data());
  envp.push_back(nullptr);

  // A started program begins with the peak of the process that starts it: forget what that held earlier.
  std::ofstream("/proc/self/clear_refs") << "5";
  pid_t process = -1;
  const int problem = ::posix_spawnp(&process, argv[0], &actions, nullptr, argv.data(), envp.data());
  ::posix_spawn_file_actions_destroy(&actions);
  if (problem != 0) throw std::runtime_error("cannot start " + arguments[0]);
  in.close_read();
  out.close_write();
  err.close_write();

  ::signal(SIGPIPE, SIG_IGN);
  std::size_t written = 0;
  if (input.empty())
    in.close_write();
  else
    ::fcntl(in.write_end, F_SETFL, O_NONBLOCK);

  ProgramResult result;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(seconds);
  bool killed = false;
  while (out.read_end >= 0 || err.read_end >= 0) {
    std::array<pollfd, 3> waiting{pollfd{out.read_end, POLLIN, 0}, pollfd{err.read_end, POLLIN, 0},
                                  pollfd{in.write_end, POLLOUT, 0}};
    if (::poll(waiting.data(), waiting.size(), 100) > 0) {
      if (waiting[0].revents != 0) drain(out, result.output);
      if (waiting[1].revents != 0) drain(err, result.messages);
      if (waiting[2].revents != 0) {
        const ssize_t count = ::write(in.write_end, input.data() + written, input.size() - written);
        if (count > 0) written += static_cast<std::size_t>(count);
        if (count < 0 || written == input.size()) in.close_write();
      }
    }
    if (!killed && std::chrono::steady_clock::now() > end) {
      ::kill(process, SIGKILL);
      killed = true;
    }
  }
  int status = 0;
  rusage used{};
  ::wait4(process, &status, 0, &used);
  result.peak_kib = used.ru_maxrss;
  if (killed)
    result.exit_code = 124;
  else
    result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return result;
}

}  // namespace queuetrace::test
