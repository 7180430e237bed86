#include "tests/support/run_on_terminal.hpp"

#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <stdexcept>

namespace queuetrace::test {
namespace {

using Clock = std::chrono::steady_clock;

pid_t start(const std::vector<std::string>& arguments, const std::map<std::string, std::string>& environment, int width,
            int& screen) {
  std::vector<char*> argv, envp;
  for (const std::string& argument : arguments) argv.push_back(const_cast<char*>(argument.c_str()));
  argv.push_back(nullptr);
  std::vector<std::string> pairs;
  for (const auto& [name, value] : environment) pairs.push_back(name + "=" + value);
  for (std::string& pair : pairs) envp.push_back(pair.data());
  envp.push_back(nullptr);
  struct winsize size {};
  size.ws_col = static_cast<unsigned short>(width);
  size.ws_row = 1000;  // nothing is so long that it is paged
  const pid_t process = ::forkpty(&screen, nullptr, nullptr, &size);
  if (process != 0) return process;
  struct termios modes {};
  ::tcgetattr(STDIN_FILENO, &modes);
  modes.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  modes.c_oflag &= ~static_cast<tcflag_t>(OPOST);  // line feeds stay what they are
  ::tcsetattr(STDIN_FILENO, TCSANOW, &modes);
  ::execve(argv[0], argv.data(), envp.data());
  ::_exit(127);
}

}  // namespace

TerminalResult run_on_terminal(const std::vector<std::string>& arguments,
                               const std::map<std::string, std::string>& environment, int width,
                               const std::string& question, const std::string& answer) {
  int screen = -1;
  const pid_t process = start(arguments, environment, width, screen);
  if (process < 0) throw std::runtime_error("no terminal for " + arguments[0]);
  TerminalResult result;
  const Clock::time_point end = Clock::now() + std::chrono::seconds(600);
  bool killed = false;
  while (true) {
    pollfd waiting{screen, POLLIN, 0};
    if (::poll(&waiting, 1, 200) > 0) {
      std::array<char, 4096> bytes{};
      const ssize_t count = ::read(screen, bytes.data(), bytes.size());
      if (count <= 0) break;  // nobody holds the other end
      result.text.append(bytes.data(), static_cast<std::size_t>(count));
    } else if (!question.empty() && result.text.ends_with(question)) {
      // Again and again: what is typed before the program listens is thrown away.
      if (::write(screen, (answer + "\n").data(), answer.size() + 1) < 0) break;
    }
    if (!killed && Clock::now() > end) {
      ::kill(process, SIGKILL);
      killed = true;
    }
  }
  int status = 0;
  ::waitpid(process, &status, 0);
  ::close(screen);
  result.exit_code = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
  return result;
}

}  // namespace queuetrace::test
