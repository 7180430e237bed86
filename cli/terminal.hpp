// What the terminal and the environment say about colour, links and size (docs/design.md section 2.5, docs/tracing.md
// section 4.4).
#pragma once

#include <stop_token>

#include "cli/config_file.hpp"
#include "cli/global_options.hpp"

namespace queuetrace {

/// --color, else NO_COLOR, FORCE_COLOR, CLICOLOR_FORCE, CLICOLOR, TERM=dumb, else whether the stream is a terminal.
bool use_color(Choice choice, const Environment& environment, bool stream_is_terminal);

/// --hyperlink, else QUEUETRACE_HYPERLINK, FORCE_HYPERLINK, else whether stdout is a terminal known to show OSC 8
/// links; never by itself in CI, in screen, or in tmux before 3.4.
bool use_hyperlinks(const std::optional<Choice>& choice, const Environment& environment, bool stdout_is_terminal);

/// Whether LC_ALL, LC_CTYPE or LANG, the first that is set, names a UTF-8 locale; so too when none is set.
bool speaks_utf8(const Environment& environment);

struct TerminalSize {
  int width = 0;   ///< cells; 0: unknown
  int height = 0;  ///< lines; 0: unknown
};

/// Waits until a line can be read from the terminal behind `descriptor`, or it ends; false when `stop` was requested
/// before. What was typed before this call is not an answer and is discarded.
bool wait_for_answer(int descriptor, const std::stop_token& stop);

/// Of the terminal behind `descriptor`, else the width of COLUMNS.
TerminalSize terminal_size(int descriptor, const Environment& environment);

}  // namespace queuetrace
