// `trace copy` inside a real tmux: what the terminal outside gets, however tmux is set.
#include <doctest/doctest.h>

#include <fstream>
#include <sstream>
#include <string>

#include "tests/support/clean_environment.hpp"
#include "tests/support/run_on_terminal.hpp"
#include "tests/support/run_program.hpp"
#include "tests/support/temporary_folder.hpp"

namespace queuetrace::test {
namespace {

const std::string id = "7c1e9d54b8a24f0f9e3d6a1b52c8704d";
const std::string in_base64 = "N2MxZTlkNTRiOGEyNGYwZjllM2Q2YTFiNTJjODcwNGQ=";

struct Copied {
  std::string outside;   ///< what tmux wrote to its terminal
  std::string messages;  ///< of the program, with its exit code
};

Copied copy_in_tmux(const std::string& settings, const std::string& method, const std::string& terminal) {
  const testing::TemporaryFolder folder;
  auto environment = clean_environment(folder.path());
  environment["TERM"] = terminal;
  environment["QUEUETRACE_SOURCE"] = "sqlite:" + (folder.path() / "demo.db").string();
  REQUIRE(run_program({QUEUETRACE_PROGRAM, "demo", "--quiet", folder.path() / "demo.db"}, environment).exit_code == 0);
  std::ofstream(folder.path() / "tmux.conf") << settings;
  const std::string messages = folder.path() / "messages";
  // What the session ends with stays until tmux has sent it: the buffer is asked for, which the server answers after
  // it.
  const std::string command = "'" + std::string(QUEUETRACE_PROGRAM) + "' trace copy " + id + " --method " + method +
                              " 2>" + messages + "; echo $? >>" + messages + "; tmux show-buffer >>" + messages +
                              "; tmux refresh-client";
  Copied copied;
  copied.outside = run_on_terminal({"/usr/bin/tmux", "-S", folder.path() / "tmux", "-f", folder.path() / "tmux.conf",
                                    "new-session", command},
                                   environment, 120)
                       .text;
  std::ostringstream text;
  text << std::ifstream(messages).rdbuf();
  copied.messages = text.str();
  return copied;
}

}  // namespace

TEST_CASE("trace copy inside tmux reaches the terminal's clipboard however tmux is set") {
  for (const std::string clipboard : {"on", "external", "off"})
    for (const std::string passthrough : {"on", "off"})
      for (const std::string method : {"auto", "osc52"}) {
        CAPTURE(clipboard);
        CAPTURE(passthrough);
        CAPTURE(method);
        const Copied copied =
            copy_in_tmux("set -g set-clipboard " + clipboard + "\nset -g allow-passthrough " + passthrough + "\n",
                         method, "xterm-256color");
        CHECK(copied.outside.find("\x1b]52;") != std::string::npos);
        CHECK(copied.outside.find(in_base64) != std::string::npos);
        CHECK(copied.messages == "note: '" + id + "' handed to tmux, which keeps it, and sends it to the terminal's " +
                                     "clipboard if that has one\n0\n" + id);
      }
}

TEST_CASE("inside tmux on a terminal without a clipboard nothing more is claimed than tmux does") {
  const Copied copied = copy_in_tmux("", "auto", "vt100");
  CHECK(copied.outside.find("]52;") == std::string::npos);
  CHECK(copied.messages == "note: '" + id + "' handed to tmux, which keeps it, and sends it to the terminal's " +
                               "clipboard if that has one\n0\n" + id);
}

}  // namespace queuetrace::test
