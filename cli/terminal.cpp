#include "cli/terminal.hpp"

#include <poll.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "model/letter_case.hpp"

namespace queuetrace {
namespace {

/// The number a text begins with; 0 when it begins with none.
int number_of(const std::string& text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

std::optional<Choice> choice_of(const std::string& word) {
  if (word == "always" || word == "1") return Choice::always;
  if (word == "never" || word == "0") return Choice::never;
  return std::nullopt;
}

/// tmux passes links on from 3.4; screen never does.
bool multiplexer_drops_links(const Environment& environment) {
  const std::string term = value_of(environment, "TERM");
  const bool tmux = environment.contains("TMUX") || value_of(environment, "TERM_PROGRAM") == "tmux";
  if (!tmux) return environment.contains("STY") || term.starts_with("screen") || term.starts_with("tmux");
  if (value_of(environment, "TERM_PROGRAM") != "tmux") return true;
  const std::string version = value_of(environment, "TERM_PROGRAM_VERSION");
  const int major = number_of(version);
  const std::size_t dot = version.find('.');
  const int minor = dot == std::string::npos ? 0 : number_of(version.substr(dot + 1));
  return major < 3 || (major == 3 && minor < 4);
}

bool terminal_shows_links(const Environment& environment) {
  const std::string term = value_of(environment, "TERM");
  if (term.empty() || term == "dumb" || environment.contains("CI")) return false;
  if (value_of(environment, "TERM_PROGRAM") == "tmux" || environment.contains("TMUX") || environment.contains("STY") ||
      term.starts_with("screen") || term.starts_with("tmux"))
    return !multiplexer_drops_links(environment);
  if (environment.contains("KONSOLE_VERSION")) return false;  // off there unless the user turned it on
  const int vte = number_of(value_of(environment, "VTE_VERSION"));
  if (vte >= 5004 && vte != 5200 && vte != 5201) return true;
  static constexpr std::array programs{"iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "mintty"};
  if (std::find(programs.begin(), programs.end(), value_of(environment, "TERM_PROGRAM")) != programs.end()) return true;
  return environment.contains("WT_SESSION") || environment.contains("KITTY_WINDOW_ID") || term == "xterm-kitty" ||
         term.starts_with("foot") || term.starts_with("alacritty") || environment.contains("DOMTERM");
}

}  // namespace

bool use_color(Choice choice, const Environment& environment, bool stream_is_terminal) {
  if (choice != Choice::automatic) return choice == Choice::always;
  if (!value_of(environment, "NO_COLOR").empty()) return false;
  const std::string force = value_of(environment, "FORCE_COLOR");
  if (!force.empty()) return force != "0";
  const std::string cli_force = value_of(environment, "CLICOLOR_FORCE");
  if (!cli_force.empty() && cli_force != "0") return true;
  if (value_of(environment, "CLICOLOR") == "0" || value_of(environment, "TERM") == "dumb") return false;
  return stream_is_terminal;
}

bool use_hyperlinks(const std::optional<Choice>& choice, const Environment& environment, bool stdout_is_terminal) {
  Choice decided = choice.value_or(Choice::automatic);
  if (!choice) decided = choice_of(value_of(environment, "QUEUETRACE_HYPERLINK")).value_or(Choice::automatic);
  if (decided == Choice::automatic)
    decided = choice_of(value_of(environment, "FORCE_HYPERLINK")).value_or(Choice::automatic);
  if (decided != Choice::automatic) return decided == Choice::always;
  return stdout_is_terminal && terminal_shows_links(environment);
}

bool speaks_utf8(const Environment& environment) {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string locale = lower_case(value_of(environment, name));
    if (locale.empty()) continue;
    return locale.find("utf-8") != std::string::npos || locale.find("utf8") != std::string::npos;
  }
  return true;
}

TerminalSize terminal_size(int descriptor, const Environment& environment) {
  struct winsize window {};
  TerminalSize size;
  if (::ioctl(descriptor, TIOCGWINSZ, &window) == 0) size = {window.ws_col, window.ws_row};
  if (size.width == 0) size.width = std::max(0, number_of(value_of(environment, "COLUMNS")));
  return size;
}

bool wait_for_answer(int descriptor, const std::stop_token& stop) {
  constexpr int patience_ms = 50;
  ::tcflush(descriptor, TCIFLUSH);
  while (!stop.stop_requested()) {
    struct pollfd ready {
      descriptor, POLLIN, 0
    };
    if (::poll(&ready, 1, patience_ms) > 0) return true;
  }
  return false;
}

}  // namespace queuetrace
