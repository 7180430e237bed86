// A thread that asks sources the same question again and again, so that a slow server never holds the screen.
#pragma once

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <vector>

#include "commands/top/lent_stores.hpp"
#include "commands/top/question.hpp"

namespace queuetrace {

class Reader {
 public:
  /// Asks `sources` of `context`, and them at most half of the time.
  Reader(const Context& context, std::vector<Source> sources);
  /// Stops the question; blocks until the server has answered or its time is over.
  ~Reader();
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  /// From now on this one, at once where it is new; absent: nothing. `every`: so long after it was last begun; absent:
  /// only once. Drops an answer to another question.
  void ask(const std::optional<Question>& question, const std::optional<Milliseconds>& every);
  /// At once, whatever the interval says.
  void ask_now();
  /// Asks nothing more by itself while it is held.
  void hold(bool held);

  /// The newest answer to the present question, each once; null: nothing new.
  std::shared_ptr<const Look> take();
  /// Since when the server has not answered; absent: it is not being asked.
  std::optional<std::chrono::steady_clock::time_point> asking_since() const;
  /// Ends the question between two statements; no further one is asked.
  void stop();

 private:
  void run();
  std::chrono::steady_clock::time_point next() const;

  const Context context_;
  LentStores stores_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::optional<Question> question_;
  std::optional<Milliseconds> every_;
  std::chrono::steady_clock::time_point due_{};  ///< when to ask next; the beginning of time: at once
  std::optional<std::chrono::steady_clock::time_point> asking_since_;
  std::shared_ptr<const Look> answer_;
  std::stop_source stop_;  ///< of the question being asked
  bool held_ = false, ending_ = false;
  std::thread thread_;
};

}  // namespace queuetrace
