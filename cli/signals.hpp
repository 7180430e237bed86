// SIGINT and SIGTERM as a stop request.
#pragma once

#include <atomic>
#include <stop_token>
#include <thread>

namespace queuetrace {

/// While it lives: the first SIGINT or SIGTERM requests the stop; a second one, or two seconds without the end of the
/// run, ends the process with 130 or 143. Make it before any other thread.
class SignalWatch {
 public:
  SignalWatch();
  ~SignalWatch();
  SignalWatch(const SignalWatch&) = delete;
  SignalWatch& operator=(const SignalWatch&) = delete;

  std::stop_token stop() const { return stop_.get_token(); }
  /// The first signal, 0 when there was none.
  int received() const { return received_; }

 private:
  void watch();

  std::stop_source stop_;
  std::atomic<int> received_{0};
  int signals_ = -1;  ///< signalfd
  int end_ = -1;      ///< eventfd, written by the destructor
  std::thread thread_;
};

}  // namespace queuetrace
