#include "tests/top/tmux.hpp"

#include <chrono>
#include <fstream>
#include <stdexcept>
#include <thread>
#include <utility>

#include "tests/support/run_program.hpp"

namespace queuetrace::test {
namespace {

using namespace std::chrono_literals;

constexpr auto longest_wait = 60s;
constexpr auto pause = 100ms;
int count = 0;

}  // namespace

std::string Tmux::ask(std::vector<std::string> words) const {
  const std::vector<std::string> begin{"tmux", "-S", (folder_ / "tmux").string(), "-f",
                                       (folder_ / "tmux.conf").string()};
  words.insert(words.begin(), begin.begin(), begin.end());
  const ProgramResult result = run_program(words, {{"PATH", "/usr/bin:/bin"}, {"LC_ALL", "C.UTF-8"}});
  if (result.exit_code != 0) throw std::runtime_error("tmux " + words[5] + ": " + result.messages);
  return result.output;
}

Tmux::Tmux(const std::filesystem::path& folder, const std::vector<std::string>& arguments,
           const std::map<std::string, std::string>& environment, int width, int height)
    : folder_(folder / ("tmux" + std::to_string(++count))) {  // one that was killed may still be there for a moment
  std::filesystem::create_directory(folder_);
  std::ofstream(folder_ / "tmux.conf") << "set -g remain-on-exit on\nset -g status off\n";
  std::vector<std::string> words{"new-session", "-d", "-x", std::to_string(width), "-y", std::to_string(height), "env"};
  words.insert(words.end(), {"-u", "TMUX_PANE"});
  for (const auto& [name, value] : environment) words.push_back(name + "=" + value);
  // tmux does not always tell the status of what has ended; a file does.
  const std::string ended = (folder_ / "ended").string();
  words.insert(
      words.end(),
      {"sh", "-c", "trap : INT; \"$@\"; echo $? >'" + ended + "~' && mv '" + ended + "~' '" + ended + "'", "sh"});
  words.insert(words.end(), arguments.begin(), arguments.end());
  ask(words);
}

Tmux::~Tmux() {
  try {
    ask({"kill-server"});
  } catch (const std::runtime_error&) {  // NOLINT(bugprone-empty-catch): it is gone
  }
}

void Tmux::press(const std::vector<std::string>& keys) {
  std::vector<std::string> words{"send-keys", "--"};
  words.insert(words.end(), keys.begin(), keys.end());
  ask(words);
}

void Tmux::resize(int width, int height) {
  ask({"resize-window", "-x", std::to_string(width), "-y", std::to_string(height)});
}

std::string Tmux::screen_with(const std::string& text, bool at_end) {
  std::string last;
  return screen_when([&](const std::string& screen) {
    const std::string lines = screen.substr(0, screen.find_last_not_of(" \n") + 1);
    const std::size_t from = at_end ? lines.rfind('\n') + 1 : 0;
    return std::exchange(last, screen) == screen && lines.find(text, from) != std::string::npos;
  });
}

std::string Tmux::screen_when(const std::function<bool(const std::string&)>& awaited) {
  const auto end = std::chrono::steady_clock::now() + longest_wait;
  while (true) {
    std::string screen = ask({"capture-pane", "-p"});
    if (awaited(screen) || std::chrono::steady_clock::now() > end) return screen;
    std::this_thread::sleep_for(pause);
  }
}

int Tmux::exit_code() {
  const auto end = std::chrono::steady_clock::now() + longest_wait;
  while (std::chrono::steady_clock::now() < end) {
    int status = -1;
    if (std::ifstream(folder_ / "ended") >> status) return status;
    std::this_thread::sleep_for(pause);
  }
  return -1;
}

}  // namespace queuetrace::test
