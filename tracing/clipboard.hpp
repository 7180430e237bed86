// Puts a trace id on the user's clipboard: a local helper program, tmux, or the terminal itself (OSC 52), which also
// works over SSH (docs/tracing.md sections 4.1 and 4.2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tracing/child_process.hpp"

namespace queuetrace {

struct ClipboardRequest {
  std::string text;  ///< copied as it is, without a newline
  /// Empty or `auto`: whatever fits the environment. One word `none`, `native`, `tmux`, `osc52`: only that. Anything
  /// else: argv of a program that takes the text on stdin.
  std::vector<std::string> method;
  std::string terminal = "/dev/tty";
};

struct ClipboardResult {
  bool done = false;
  bool confirmed = false;   ///< a program said so by its exit status; terminals and tmux do not answer
  std::string method = {};  ///< program that took the text, or `osc52`; empty when it was not done
  /// One sentence: `copied with wl-copy`, `sent to the terminal clipboard (OSC 52)`, or `not copied: ` with everything
  /// that was tried and why it failed, in the programs' own words, printable.
  std::string message = {};
  std::vector<std::string> failures = {};  ///< what was tried before, and why it failed
};

/// Tries the methods in order until one works. A terminal does not answer, so OSC 52 is reported as sent, not as
/// copied. Inside tmux the text is handed to tmux before the terminal is written to, `osc52` chosen or not: tmux drops
/// sequences that it was not configured to let through (docs/tracing.md section 4.2). Refuses an empty text, control
/// characters, invalid UTF-8 and more than 4,096 bytes. Never throws.
ClipboardResult copy_to_clipboard(const ClipboardRequest& request, const Environment& environment);

/// The bytes that ask a terminal to copy: `ESC ] 52 ; c ; base64 BEL`, wrapped for tmux or GNU screen where the
/// environment says we are inside one.
std::string osc52_sequence(std::string_view text, const Environment& environment);

}  // namespace queuetrace
