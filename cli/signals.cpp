#include "cli/signals.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr int patience_ms = 900;  // a statement that does not notice the stop must not hold the shell

sigset_t watched_signals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  return set;
}

/// What the system tells a program in the background that it may not touch its terminal with.
constexpr std::array terminal_signals{SIGTTOU, SIGTTIN};

/// From now on the terminal is set as in front, and has nothing to read.
void let_through() {
  for (const int signal : terminal_signals) ::signal(signal, SIG_IGN);
}

/// Whether a stop was requested: it waits to be read, or the thread that reads it has let everything through.
bool is_ending(int terminal_signal) {
  sigset_t pending{};
  struct sigaction now {};
  ::sigpending(&pending);
  ::sigaction(terminal_signal, nullptr, &now);
  return sigismember(&pending, SIGINT) == 1 || sigismember(&pending, SIGTERM) == 1 || now.sa_handler == SIG_IGN;
}

/// Stops the process as the signal itself would, but not once it is to end: the signals that end it are blocked, so
/// each time it went on it would try the terminal again, and be stopped again before anybody read them.
void stop_in_background(int terminal_signal) {
  const int error = errno;
  if (!is_ending(terminal_signal)) ::raise(SIGSTOP);
  if (is_ending(terminal_signal)) let_through();
  errno = error;
}

}  // namespace

SignalWatch::SignalWatch(Patience patience) : patience_(patience) {
  const sigset_t set = watched_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = ::signalfd(-1, &set, SFD_CLOEXEC);
  end_ = ::eventfd(0, EFD_CLOEXEC);
  if (signals_ < 0 || end_ < 0) throw Error(ErrorKind::internal, "cannot watch signals");
  struct sigaction stop {};
  stop.sa_handler = stop_in_background;
  stop.sa_flags = SA_RESTART;
  for (std::size_t at = 0; at < terminal_signals.size(); ++at) {
    ::sigaction(terminal_signals[at], nullptr, &before_[at]);
    if (before_[at].sa_handler == SIG_DFL) ::sigaction(terminal_signals[at], &stop, nullptr);
  }
  thread_ = std::thread([this] { watch(); });
}

SignalWatch::~SignalWatch() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(end_, &one, sizeof one);
  thread_.join();
  ::close(signals_);
  ::close(end_);
  for (std::size_t at = 0; at < terminal_signals.size(); ++at) ::sigaction(terminal_signals[at], &before_[at], nullptr);
  const sigset_t set = watched_signals();
  ::pthread_sigmask(SIG_UNBLOCK, &set, nullptr);
}

void SignalWatch::watch() {
  while (true) {
    struct pollfd ready[] = {{signals_, POLLIN, 0}, {end_, POLLIN, 0}};
    const int count = ::poll(ready, 2, received_ == 0 || patience_ == Patience::endless ? -1 : patience_ms);
    if (count < 0 && errno == EINTR) continue;
    if (ready[1].revents != 0) return;
    if (received_ != 0) ::_exit(128 + received_);  // a second signal, or patience at its end
    let_through();                                 // before the signal is no longer pending
    struct signalfd_siginfo signal {};
    if (::read(signals_, &signal, sizeof signal) != static_cast<ssize_t>(sizeof signal)) continue;
    received_ = static_cast<int>(signal.ssi_signo);
    stop_.request_stop();
  }
}

}  // namespace queuetrace
