#include "backends/drivers/postgres/answer_watch.hpp"

#include <sys/socket.h>

namespace queuetrace {

AnswerWatch::Wait::Wait(AnswerWatch& watch, int socket, std::chrono::milliseconds patience) : watch_(watch) {
  {
    const std::lock_guard lock(watch.mutex_);
    watch.gave_up_after_.reset();
    if (patience == std::chrono::milliseconds::zero() || socket < 0) return;
    watch.socket_ = socket;
    watch.patience_ = patience;
    watch.until_ = std::chrono::steady_clock::now() + patience;
  }
  if (!watch.thread_.joinable())
    watch.thread_ = std::jthread([&watch](const std::stop_token& stop) { watch.look(stop); });
}

AnswerWatch::Wait::~Wait() {
  const std::lock_guard lock(watch_.mutex_);
  watch_.socket_ = -1;
}

std::optional<std::chrono::milliseconds> AnswerWatch::gave_up_after() const {
  const std::lock_guard lock(mutex_);
  return gave_up_after_;
}

void AnswerWatch::look(const std::stop_token& stop) {
  // Nobody wakes it for a wait: it looks once in a while, and so a statement costs two locks and no switch of threads.
  constexpr std::chrono::milliseconds between_looks{250};
  std::unique_lock lock(mutex_);
  while (!stop.stop_requested()) {
    changed_.wait_for(lock, stop, between_looks, [] { return false; });
    if (socket_ < 0 || std::chrono::steady_clock::now() < until_) continue;
    ::shutdown(socket_, SHUT_RDWR);
    gave_up_after_ = patience_;
    socket_ = -1;
  }
}

}  // namespace queuetrace
