// SIGINT and SIGTERM as a stop request.
#pragma once

#include <signal.h>

#include <array>
#include <atomic>
#include <stop_token>
#include <thread>

namespace queuetrace {

/// While it lives: the first SIGINT or SIGTERM requests the stop; a second one, or a second without the end of the run
/// unless the patience is endless, ends the process with 130 or 143. In the background of its terminal the process is
/// stopped, as every other, when it sets or reads the terminal; once it is to end, it is stopped no more, and can put
/// the terminal back. Make it before any other thread.
class SignalWatch {
 public:
  /// `endless`: for work that must not be left in the middle.
  enum class Patience { one_second, endless };

  explicit SignalWatch(Patience patience = Patience::one_second);
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  std::stop_token stop() const { return stop_.get_token(); }
  /// The first signal, 0 when there was none.
  int received() const { return received_; }

 private:
  void watch();

  Patience patience_;
  std::stop_source stop_;
  std::atomic<int> received_{0};
  int signals_ = -1;                          ///< signalfd
  int end_ = -1;                              ///< eventfd, written by the destructor
  std::array<struct sigaction, 2> before_{};  ///< of SIGTTOU and SIGTTIN
  std::thread thread_;
};

}  // namespace queuetrace
