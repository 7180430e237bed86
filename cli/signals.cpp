#include "cli/signals.hpp"

#include <poll.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

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

}  // namespace

SignalWatch::SignalWatch(Patience patience) : patience_(patience) {
  const sigset_t set = watched_signals();
  ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
  signals_ = ::signalfd(-1, &set, SFD_CLOEXEC);
  end_ = ::eventfd(0, EFD_CLOEXEC);
  if (signals_ < 0 || end_ < 0) throw Error(ErrorKind::internal, "cannot watch signals");
  thread_ = std::thread([this] { watch(); });
}

SignalWatch::~SignalWatch() {
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(end_, &one, sizeof one);
  thread_.join();
  ::close(signals_);
  ::close(end_);
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
    struct signalfd_siginfo signal {};
    if (::read(signals_, &signal, sizeof signal) != static_cast<ssize_t>(sizeof signal)) continue;
    received_ = static_cast<int>(signal.ssi_signo);
    stop_.request_stop();
  }
}

}  // namespace queuetrace
