// The terminal as a whole: lines go out, keys come in. The only user of ncurses.
#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include "commands/top/key.hpp"
#include "commands/top/row_list.hpp"
#include "model/time.hpp"

namespace queuetrace {

/// Takes the terminal of stdin and stdout while it lives, one at a time in a process; whoever sees it again finds it as
/// it was.
class TerminalScreen {
 public:
  /// `color`: without it bold, dim and reverse are all there is. Throws Error{usage} where TERM names no terminal that
  /// can be drawn on.
  explicit TerminalScreen(bool color);
  ~TerminalScreen();
  TerminalScreen(const TerminalScreen&) = delete;
  TerminalScreen& operator=(const TerminalScreen&) = delete;

  std::size_t width() const;
  std::size_t height() const;

  /// From the top, the rest is blank; lines that are too long are cut.
  void draw(const std::vector<ScreenLine>& lines);

  /// Waits at most so long.
  Key key(Milliseconds patience);

  /// Whether the terminal was closed, as when a connection breaks: no key will come from it.
  bool is_gone() const;

  /// Gives the terminal to another program, and takes it back.
  void leave();
  void come_back();

 private:
  struct Curses;
  std::unique_ptr<Curses> curses_;
};

}  // namespace queuetrace
