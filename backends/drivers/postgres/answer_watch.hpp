// Gives a server up that does not answer: its process is stopped, or the network in between swallows everything. The
// server's own time-outs do not help then, and libpq waits as long as TCP does, on a Unix socket forever.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>

namespace queuetrace {

/// One thread, begun with the first wait. Every other member is for the thread that uses the connection.
class AnswerWatch {
 public:
  AnswerWatch() = default;
  AnswerWatch(const AnswerWatch&) = delete;
  AnswerWatch& operator=(const AnswerWatch&) = delete;

  /// As long as it lives an answer is waited for: after `patience` the socket is shut down in both directions, so that
  /// whoever reads from it sees its end. Zero: it may take as long as it likes.
  class Wait {
   public:
    Wait(AnswerWatch& watch, int socket, std::chrono::milliseconds patience);
    ~Wait();
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

   private:
    AnswerWatch& watch_;
  };

  /// How long was waited for the answer that did not come in the last wait; absent: it came, or something else failed.
  std::optional<std::chrono::milliseconds> gave_up_after() const;

 private:
  void look(const std::stop_token& stop);

  mutable std::mutex mutex_;
  std::condition_variable_any changed_;
  int socket_ = -1;  ///< below 0: nothing is waited for
  std::chrono::steady_clock::time_point until_;
  std::chrono::milliseconds patience_{};
  std::optional<std::chrono::milliseconds> gave_up_after_;
  std::jthread thread_;  ///< the last member: it ends before what it looks at does
};

}  // namespace queuetrace
