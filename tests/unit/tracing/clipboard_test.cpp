// The order of clipboard methods, with fake helpers and a pseudo terminal.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>

#include "tests/unit/tracing/fake_programs.hpp"
#include "tracing/clipboard.hpp"

namespace {

using namespace queuetrace;

const std::string id = "0af7651916cd43dd8448eb211c80319c";
const std::string osc = "\x1b]52;c;MGFmNzY1MTkxNmNkNDNkZDg0NDhlYjIxMWM4MDMxOWM=\a";

/// A terminal whose output can be read back.
class PseudoTerminal {
 public:
  PseudoTerminal() : outer_(posix_openpt(O_RDWR | O_NOCTTY)) {
    REQUIRE(outer_ >= 0);
    REQUIRE(grantpt(outer_) == 0);
    REQUIRE(unlockpt(outer_) == 0);
    name_ = ptsname(outer_);
    inner_ = open(name_.c_str(), O_RDWR | O_NOCTTY);
    REQUIRE(inner_ >= 0);
  }
  PseudoTerminal(const PseudoTerminal&) = delete;
  PseudoTerminal& operator=(const PseudoTerminal&) = delete;
  ~PseudoTerminal() {
    close(inner_);
    close(outer_);
  }
  const std::string& name() const { return name_; }
  std::string output() const {
    fcntl(outer_, F_SETFL, O_NONBLOCK);
    std::array<char, 4096> buffer{};
    const ssize_t count = read(outer_, buffer.data(), buffer.size());
    return count > 0 ? std::string(buffer.data(), static_cast<std::size_t>(count)) : std::string();
  }

 private:
  int outer_, inner_ = -1;
  std::string name_;
};

ClipboardRequest request(std::vector<std::string> method = {}, std::string terminal = "/nonexistent/tty") {
  return {.text = id, .method = std::move(method), .terminal = std::move(terminal)};
}

TEST_CASE("local helpers come first, in their order, and get the id without a newline") {
  const FakePrograms programs;
  for (const char* name : {"wl-copy", "xclip", "xsel", "tmux"}) programs.add(name);
  const Environment all = programs.environment({{"WAYLAND_DISPLAY", "w"}, {"DISPLAY", ":0"}, {"TMUX", "t"}});
  ClipboardResult result = copy_to_clipboard(request(), all);
  CHECK(result.done);
  CHECK(result.message == "copied with wl-copy");
  CHECK(programs.read("wl-copy.stdin") == id);
  CHECK_FALSE(programs.ran("xclip"));
  result = copy_to_clipboard(request(), programs.environment({{"DISPLAY", ":0"}}));
  CHECK(result.message == "copied with xclip");
  CHECK(programs.read("xclip.argv") == "-selection\nclipboard\n-in\n");
  programs.add("xclip", "exit 1");
  result = copy_to_clipboard(request(), programs.environment({{"DISPLAY", ":0"}}));
  CHECK(result.message == "copied with xsel");
  CHECK(result.failures == std::vector<std::string>{"xclip failed with exit code 1"});
  CHECK(programs.read("xsel.argv") == "--clipboard\n--input\n");
}

TEST_CASE("over SSH the far clipboard is left alone: tmux, then the terminal") {
  const FakePrograms programs;
  for (const char* name : {"wl-copy", "xclip", "tmux"}) programs.add(name);
  const ClipboardResult result = copy_to_clipboard(
      request(), programs.environment({{"WAYLAND_DISPLAY", "w"}, {"SSH_TTY", "/dev/pts/1"}, {"TMUX", "t"}}));
  CHECK(result.message == "handed to tmux, which keeps it, and sends it to the terminal's clipboard if that has one");
  CHECK(result.method == "tmux");
  CHECK_FALSE(result.confirmed);
  CHECK(programs.read("tmux.argv") == "load-buffer\n-w\n-\n");
  CHECK_FALSE(programs.ran("wl-copy"));
}

TEST_CASE("a terminal is sent OSC 52 and no success is claimed") {
  const FakePrograms programs;
  const PseudoTerminal terminal;
  const ClipboardResult result =
      copy_to_clipboard(request({}, terminal.name()), programs.environment({{"TERM", "xterm-256color"}}));
  CHECK(result.done);
  CHECK(result.message == "sent to the terminal clipboard (OSC 52)");
  CHECK(terminal.output() == osc);
  for (const char* term : {"", "dumb", "linux"})
    CHECK_FALSE(copy_to_clipboard(request({}, terminal.name()), programs.environment({{"TERM", term}})).done);
  CHECK(terminal.output().empty());
  CHECK(result.method == "osc52");
  programs.add("not-a-terminal");
  CHECK(copy_to_clipboard(request({"osc52"}, programs.path("not-a-terminal")), {{"TERM", "xterm"}}).message ==
        "not copied: there is no terminal");
}

TEST_CASE("inside tmux the terminal is reached through tmux, and what it may drop is said") {
  const FakePrograms programs;
  const PseudoTerminal terminal;
  const Environment inside = programs.environment({{"TERM", "tmux-256color"}, {"TMUX", "t"}});
  programs.add("tmux");
  CHECK(copy_to_clipboard(request({"osc52"}, terminal.name()), inside).method == "tmux");
  CHECK(terminal.output().empty());
  programs.add("tmux", "echo 'load-buffer: unknown option -- w' >&2; exit 1");
  const ClipboardResult result = copy_to_clipboard(request({}, terminal.name()), inside);
  CHECK(result.message == "sent to the terminal (OSC 52) through tmux, which drops it unless allow-passthrough is on");
  CHECK(result.failures == std::vector<std::string>{"tmux failed with exit code 1: load-buffer: unknown option -- w"});
  CHECK(terminal.output() == "\x1bPtmux;\x1b" + osc + "\x1b\\");
}

TEST_CASE("a failure is one sentence with the words of every program that was tried") {
  const FakePrograms programs;
  programs.add("xclip", "echo \"Error: Can't open display: :7\" >&2; exit 1");
  programs.add("xsel", "printf '\\n\\033[31mbad\\n' >&2; exit 2");
  const ClipboardResult result = copy_to_clipboard(request(), programs.environment({{"DISPLAY", ":7"}}));
  CHECK_FALSE(result.done);
  CHECK(result.message ==
        "not copied: xclip failed with exit code 1: Error: Can't open display: :7; xsel failed with exit code 2: "
        "?[31mbad; the terminal has no clipboard (TERM=)");
}

TEST_CASE("multiplexers get the sequence wrapped") {
  CHECK(osc52_sequence(id, {}) == osc);
  CHECK(osc52_sequence(id, {{"TMUX", "t"}}) == "\x1bPtmux;\x1b" + osc + "\x1b\\");
  const std::string in_screen = osc52_sequence(std::string(120, 'x'), {{"STY", "1"}});
  CHECK(in_screen.starts_with("\x1bP\x1b]52;c;"));
  CHECK(in_screen.ends_with("\a\x1b\\"));
  CHECK(in_screen.find("\x1b\\\x1bP") == 78);
}

TEST_CASE("a chosen method is the only one tried") {
  const FakePrograms programs;
  for (const char* name : {"wl-copy", "my-copy", "tmux"}) programs.add(name);
  const Environment environment = programs.environment({{"WAYLAND_DISPLAY", "w"}, {"SSH_TTY", "t"}});
  CHECK(copy_to_clipboard(request({"my-copy", "--to", "clip board"}), environment).message == "copied with my-copy");
  CHECK(programs.read("my-copy.argv") == "--to\nclip board\n");
  CHECK(copy_to_clipboard(request({"native"}), environment).message == "copied with wl-copy");
  CHECK(copy_to_clipboard(request({"tmux"}), environment).method == "tmux");
  CHECK(copy_to_clipboard(request({"none"}), environment).message == "not copied: the clipboard is switched off");
  CHECK(copy_to_clipboard(request({"missing"}), environment).message == "not copied: missing is not installed");
}

TEST_CASE("texts with control characters are never copied") {
  const FakePrograms programs;
  programs.add("wl-copy");
  for (const std::string text : {"", "a\nb", "a\x1b[31m", "\xff", "\xc2\x9b", "a\x7f"}) {
    const ClipboardResult result =
        copy_to_clipboard({.text = text, .method = {}}, programs.environment({{"WAYLAND_DISPLAY", "w"}}));
    CHECK_FALSE(result.done);
    CHECK(result.message.starts_with("not copied: "));
  }
  CHECK_FALSE(programs.ran("wl-copy"));
}

}  // namespace
