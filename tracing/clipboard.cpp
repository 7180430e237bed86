#include "tracing/clipboard.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>

#include "tracing/base64.hpp"
#include "tracing/characters.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t longest_copied_text = 4096;
constexpr std::size_t screen_piece = 76;  ///< bytes GNU screen passes through at once

using Argv = std::vector<std::string>;

/// Programs that fill the clipboard of the machine we run on.
std::vector<Argv> native_helpers(const Environment& environment) {
#ifdef __APPLE__
  return {{"/usr/bin/pbcopy"}};
#endif
  std::vector<Argv> helpers;
  if (is_set(environment, "WSL_DISTRO_NAME") || is_set(environment, "WSL_INTEROP")) helpers.push_back({"clip.exe"});
  if (is_set(environment, "WAYLAND_DISPLAY")) helpers.push_back({"wl-copy"});
  if (is_set(environment, "DISPLAY")) {
    helpers.push_back({"xclip", "-selection", "clipboard", "-in"});
    helpers.push_back({"xsel", "--clipboard", "--input"});
  }
  return helpers;
}

/// Why the terminal cannot be asked to copy; empty after it was asked.
std::string send_to_terminal(const ClipboardRequest& request, const Environment& environment) {
  const auto term = environment.find("TERM");
  const std::string name = term == environment.end() ? std::string() : term->second;
  if (name.empty() || name == "dumb" || name == "linux") return "the terminal has no clipboard (TERM=" + name + ")";
  const int terminal = open(request.terminal.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return "there is no terminal";
  std::string problem;
  if (isatty(terminal) == 0) {
    problem = "there is no terminal";
  } else {
    const std::string sequence = osc52_sequence(request.text, environment);
    if (write(terminal, sequence.data(), sequence.size()) != static_cast<ssize_t>(sequence.size()))
      problem = "the terminal did not take the text";
  }
  close(terminal);
  return problem;
}

class Attempts {
 public:
  Attempts(const ClipboardRequest& request, const Environment& environment)
      : request_(request), environment_(environment) {}

  bool helper(const Argv& argv) { return run(argv) && finish(argv.front(), true, "copied with " + argv.front()); }
  bool helpers(const std::vector<Argv>& all) {
    return std::ranges::any_of(all, [&](const Argv& argv) { return helper(argv); });
  }
  /// tmux keeps the text and sends it on, whatever set-clipboard and allow-passthrough say.
  bool tmux() {
    return run({"tmux", "load-buffer", "-w", "-"}) &&
           finish("tmux", false,
                  "handed to tmux, which keeps it, and sends it to the terminal's clipboard if that has one");
  }
  bool terminal() {
    const bool in_tmux = is_set(environment_, "TMUX");
    if (in_tmux && !tried_tmux_ && tmux()) return true;
    std::string problem = send_to_terminal(request_, environment_);
    if (problem.empty())
      return finish("osc52", false,
                    in_tmux
                        ? "sent to the terminal (OSC 52) through tmux, which drops it unless allow-passthrough is on"
                        : "sent to the terminal clipboard (OSC 52)");
    result_.failures.push_back(std::move(problem));
    return false;
  }
  ClipboardResult result() {
    if (result_.done) return std::move(result_);
    result_.message = "not copied: ";
    for (std::size_t index = 0; index < result_.failures.size(); ++index)
      result_.message.append(index > 0 ? "; " : "").append(result_.failures[index]);
    if (result_.failures.empty()) result_.message += "no clipboard could be reached";
    return std::move(result_);
  }

 private:
  bool run(const Argv& argv) {
    tried_tmux_ = tried_tmux_ || argv.front() == "tmux";
    ChildResult child = run_child({.argv = argv, .standard_input = request_.text}, environment_);
    if (!child.succeeded()) result_.failures.push_back(std::move(child.problem));
    return child.succeeded();
  }
  bool finish(std::string method, bool confirmed, std::string message) {
    result_.done = true;
    result_.method = std::move(method);
    result_.confirmed = confirmed;
    result_.message = std::move(message);
    return true;
  }

  const ClipboardRequest& request_;
  const Environment& environment_;
  ClipboardResult result_;
  bool tried_tmux_ = false;
};

bool try_all(Attempts& attempts, const Environment& environment) {
  const bool remote = is_set(environment, "SSH_CONNECTION") || is_set(environment, "SSH_TTY");
  if (!remote && attempts.helpers(native_helpers(environment))) return true;
  if (is_set(environment, "TERMUX_VERSION") && attempts.helper({"termux-clipboard-set"})) return true;
  return attempts.terminal();
}

/// Why a text is never copied; empty when it may be.
std::string text_problem(std::string_view text) {
  if (text.empty()) return "not copied: there is no trace id";
  if (text.size() > longest_copied_text) return "not copied: the text is longer than 4096 bytes";
  if (!is_valid_utf8(text) || has_control_character(text)) return "not copied: the text has control characters in it";
  return {};
}

}  // namespace

std::string osc52_sequence(std::string_view text, const Environment& environment) {
  const std::string plain = "\x1b]52;c;" + base64_encode(text) + "\a";
  if (is_set(environment, "TMUX")) {
    std::string doubled;
    for (const char c : plain) doubled.append(c == '\x1b' ? 2 : 1, c);
    return "\x1bPtmux;" + doubled + "\x1b\\";
  }
  if (is_set(environment, "STY")) {
    std::string pieces;
    for (std::size_t i = 0; i < plain.size(); i += screen_piece)
      pieces += "\x1bP" + plain.substr(i, screen_piece) + "\x1b\\";
    return pieces;
  }
  return plain;
}

ClipboardResult copy_to_clipboard(const ClipboardRequest& request, const Environment& environment) {
  if (std::string problem = text_problem(request.text); !problem.empty()) return {.message = std::move(problem)};
  Attempts attempts(request, environment);
  const std::string method = request.method.size() == 1 ? request.method.front() : std::string();
  if (request.method.empty() || method == "auto")
    try_all(attempts, environment);
  else if (method == "none")
    return {.message = "not copied: the clipboard is switched off"};
  else if (method == "native")
    attempts.helpers(native_helpers(environment));
  else if (method == "tmux")
    attempts.tmux();
  else if (method == "osc52")
    attempts.terminal();
  else
    attempts.helper(request.method);
  return attempts.result();
}

}  // namespace queuetrace
