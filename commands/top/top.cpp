// `top`: queues, jobs, errors, traces and findings on a full screen that keeps itself up to date.
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <string>

#include "commands/command.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/polling.hpp"
#include "commands/report/terminal_kind.hpp"
#include "commands/top/session.hpp"
#include "commands/top/terminal_screen.hpp"
#include "formatters/escape.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

struct TopOptions {
  std::string interval = "2s";  ///< between the beginnings of two looks
  bool read_only = false;       ///< no key changes anything
};

constexpr Option<TopOptions> options_of_top[] = {
    {{.names = "--interval", .value = "TIME", .help = "Time between two reads, at least 1s", .shows_default = true},
     into<&TopOptions::interval>},
    {{.names = "--read-only", .help = "Leave out every key that changes something"}, into<&TopOptions::read_only>},
};

constexpr Milliseconds patience{100};      ///< how long a key is waited for before answers are looked for
constexpr Milliseconds clock_tick{1'000};  ///< ages on the screen are drawn anew
constexpr Milliseconds longest_good_bye{900};

void require_terminal(const Context& context) {
  const std::string hint = "`queuetrace stats` prints the same once, `queuetrace stats --watch` again and again";
  if (!context.surroundings.stdout_is_terminal || !context.surroundings.stdin_is_terminal)
    throw Error(ErrorKind::usage, "top needs a terminal to draw on and to read keys from").with_hint(hint);
  if (context.format.machine)
    throw Error(ErrorKind::usage, "top draws a screen and prints no document").with_hint(hint);
  if (!moves_cursor(context.surroundings.environment))
    throw Error(ErrorKind::usage, "top cannot draw on a terminal without cursor movement (TERM is dumb or empty)")
        .with_hint(hint);
}

/// Waits until the reader of what an errand printed wants to go back, or the program is to end.
void wait_for_reader(const Context& context) {
  context.notices.ask("\nPress Enter to go back to queuetrace top. ");
  if (!context.wait_for_line()) return;
  std::array<char, 256> line{};
  while (::read(STDIN_FILENO, line.data(), line.size()) == static_cast<ssize_t>(line.size())) {
  }
}

void run_in_front(const Errand& errand, Session& session, TerminalScreen& screen, const Context& context) {
  screen.leave();
  context.notices.ask("\n$ " + terminal_text(command_of(masked_arguments(errand.words)), Profile::text) + "\n");
  if (run_errand(errand, context) < 0) context.notices.warning("queuetrace could not be started again");
  wait_for_reader(context);
  screen.come_back();
  session.come_back();
}

/// Draws and listens until it is told to end, or nobody is there any more.
void show(Session& session, TerminalScreen& screen, const Context& context) {
  auto drawn = std::chrono::steady_clock::time_point{};
  bool changed = true;
  while (!session.ended() && !screen.is_gone() && !context.limits.stop.stop_requested()) {
    changed = session.take_answers() || changed;
    const auto now = std::chrono::steady_clock::now();
    if (changed || now - drawn >= clock_tick) {
      screen.draw(session.draw(screen.width(), screen.height()));
      drawn = now;
    }
    const Key key = screen.key(patience);
    changed = key.kind != Key::Kind::none;
    session.press(key);
    if (const std::optional<Errand> errand = session.take_errand()) run_in_front(*errand, session, screen, context);
  }
}

/// The shell gets its terminal back, whatever a server does: one that does not answer is not waited for.
void say_good_bye(const Session& session) {
  const auto end = std::chrono::steady_clock::now() + longest_good_bye;
  while (session.is_asking() && std::chrono::steady_clock::now() < end) ::usleep(10'000);
  if (session.is_asking()) ::_exit(static_cast<int>(ExitCode::done));
}

/// done when the user quits; what a source says when it fails is shown, and ends nothing. Costs a thread a source, one
/// more for views that join all sources, and what `stats`, `job list` and the other commands cost each time.
ExitCode top(const TopOptions& options, Context& context) {
  require_terminal(context);
  context.required_sources();
  Session session(context, {options.read_only, polling_interval("--interval", options.interval)});
  {
    TerminalScreen screen(context.format_options.color);
    show(session, screen, context);
  }
  session.stop();
  say_good_bye(session);
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"top">) {
  const auto options = std::make_shared<TopOptions>();
  CommandForm form(options, top);
  form.takes(*options, options_of_top);
  return form;
}

}  // namespace queuetrace
