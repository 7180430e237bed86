#include "commands/top/terminal_screen.hpp"

#include <ncurses.h>
#include <poll.h>
#include <unistd.h>

#include <charconv>
#include <clocale>
#include <cstdio>
#include <cstdlib>
#include <cwchar>
#include <map>
#include <string>

#include "commands/top/styled_text.hpp"
#include "formatters/unicode.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// A character set in which everything can be shown, whatever the environment says: whoever has none of it gets text
/// in ASCII (FormatterOptions::ascii).
void use_wide_characters() {
  std::setlocale(LC_CTYPE, "");
  if (MB_CUR_MAX == 1) std::setlocale(LC_CTYPE, "C.UTF-8");
}

std::wstring wide_text(std::string_view text) {
  std::wstring wide;
  for (std::size_t at = 0; at < text.size();) {
    const unicode::Character character = unicode::decode(text, at);
    at += std::max<std::size_t>(1, character.length);
    const auto letter = static_cast<wchar_t>(character.point);
    // What the C library does not know cannot be placed.
    wide += character.length == 0 || ::wcwidth(letter) < 0 ? L'?' : letter;
  }
  return wide;
}

Key key_of(int code) {
  using Kind = Key::Kind;
  switch (code) {
    case KEY_ENTER: return {Kind::enter};
    case KEY_BACKSPACE: return {Kind::backspace};
    case KEY_UP: return {Kind::up};
    case KEY_DOWN: return {Kind::down};
    case KEY_LEFT: return {Kind::left};
    case KEY_RIGHT: return {Kind::right};
    case KEY_PPAGE: return {Kind::page_up};
    case KEY_NPAGE: return {Kind::page_down};
    case KEY_HOME: return {Kind::home};
    case KEY_END: return {Kind::end};
    case KEY_RESIZE: return {Kind::resize};
    default: return {};
  }
}

Key key_of_character(char32_t character) {
  using Kind = Key::Kind;
  switch (character) {
    case U'\n':
    case U'\r': return {Kind::enter};
    case 0x1b: return {Kind::escape};
    case 0x08:
    case 0x7f: return {Kind::backspace};
    case U'\t': return {Kind::tab};
    default: return character < 0x20 ? Key{} : Key{Kind::character, character};
  }
}

}  // namespace

struct TerminalScreen::Curses {
  SCREEN* screen = nullptr;
  bool color = false;
  std::map<std::pair<short, short>, short> pairs;  ///< by foreground and background, -1: the terminal's own

  attr_t attributes(std::string_view style, short& pair) {
    attr_t result = A_NORMAL;
    short foreground = -1, background = -1;
    for (std::size_t begin = 0; begin < style.size();) {
      const std::size_t end = std::min(style.find(';', begin), style.size());
      int number = 0;
      std::from_chars(style.data() + begin, style.data() + end, number);
      if (number == 1) result |= A_BOLD;
      if (number == 2) result |= A_DIM;
      if (number == 7) result |= A_REVERSE;
      if (number >= 30 && number <= 37) foreground = static_cast<short>(number - 30);
      if (number == 97) foreground = COLOR_WHITE;
      if (number >= 40 && number <= 47) background = static_cast<short>(number - 40);
      begin = end + 1;
    }
    pair = 0;
    if (!color || (foreground < 0 && background < 0)) return result;
    const auto [found, is_new] = pairs.try_emplace({foreground, background}, static_cast<short>(pairs.size() + 1));
    if (is_new) ::init_pair(found->second, foreground, background);
    pair = found->second;
    return result;
  }
};

TerminalScreen::TerminalScreen(bool color) : curses_(std::make_unique<Curses>()) {
  use_wide_characters();
  ::set_escdelay(25);  // NOLINT(concurrency-mt-unsafe): no other thread draws
  curses_->screen = ::newterm(nullptr, stdout, stdin);
  if (curses_->screen == nullptr)
    throw Error(ErrorKind::usage, "TERM names no terminal that can be drawn on")
        .with_hint("set TERM to what the terminal is (xterm-256color), or use `queuetrace stats`");
  ::cbreak();
  ::noecho();
  ::nonl();
  ::keypad(stdscr, TRUE);
  ::curs_set(0);
  curses_->color = color && ::has_colors() && ::start_color() == OK && ::use_default_colors() == OK;
}

TerminalScreen::~TerminalScreen() {
  ::endwin();
  ::delscreen(curses_->screen);
}

std::size_t TerminalScreen::width() const { return static_cast<std::size_t>(getmaxx(stdscr)); }
std::size_t TerminalScreen::height() const { return static_cast<std::size_t>(getmaxy(stdscr)); }

void TerminalScreen::draw(const std::vector<ScreenLine>& lines) {
  ::werase(stdscr);
  for (std::size_t row = 0; row < lines.size() && row < height(); ++row) {
    ::wmove(stdscr, static_cast<int>(row), 0);
    const std::size_t selected = lines[row].selected_cells;
    std::string line = cut_styled(lines[row].text, width(), "");
    if (selected > styled_width(line)) line = fitted_styled(line, std::min(selected, width()), "");
    std::size_t column = 0;
    for (const StyledPart& part : parts_of(line)) {
      short pair = 0;
      attr_t attributes = curses_->attributes(part.style, pair);
      if (column < selected) attributes |= A_REVERSE;
      ::wattr_set(stdscr, attributes, pair, nullptr);
      const std::wstring text = wide_text(part.text);
      ::waddnwstr(stdscr, text.data(), static_cast<int>(text.size()));
      column += unicode::display_width(part.text);
    }
    ::wattr_set(stdscr, A_NORMAL, 0, nullptr);
  }
  ::wrefresh(stdscr);
}

Key TerminalScreen::key(Milliseconds patience) {
  ::wtimeout(stdscr, static_cast<int>(patience.count()));
  wint_t pressed = 0;
  const int result = ::wget_wch(stdscr, &pressed);
  if (result == KEY_CODE_YES) return key_of(static_cast<int>(pressed));
  return result == OK ? key_of_character(static_cast<char32_t>(pressed)) : Key{};
}

bool TerminalScreen::is_gone() const {
  pollfd terminal{STDIN_FILENO, POLLIN, 0};
  return ::poll(&terminal, 1, 0) > 0 && (terminal.revents & (POLLHUP | POLLERR | POLLNVAL)) != 0;
}

void TerminalScreen::leave() {
  ::def_prog_mode();
  ::endwin();
}

void TerminalScreen::come_back() {
  ::reset_prog_mode();
  ::clearok(stdscr, TRUE);
  ::wrefresh(stdscr);
}

}  // namespace queuetrace
