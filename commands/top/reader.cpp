#include "commands/top/reader.hpp"

#include <utility>

#include "commands/report/polling.hpp"

namespace queuetrace {
namespace {

using Clock = std::chrono::steady_clock;

Context context_of(const Context& context, std::vector<Source> sources) {
  Context own = context;
  own.sources = std::move(sources);
  return own;
}

}  // namespace

Reader::Reader(const Context& context, std::vector<Source> sources)
    : context_(context_of(context, std::move(sources))), stores_(context.open) {
  thread_ = std::thread([this] { run(); });
}

Reader::~Reader() {
  stop();
  thread_.join();
}

void Reader::stop() {
  const std::lock_guard lock(mutex_);
  ending_ = true;
  stop_.request_stop();
  changed_.notify_all();
}

void Reader::ask(const std::optional<Question>& question, const std::optional<Milliseconds>& every) {
  const std::lock_guard lock(mutex_);
  every_ = every;
  if (question_ == question) return;
  question_ = question;
  answer_.reset();
  due_ = {};
  stop_.request_stop();
  changed_.notify_all();
}

void Reader::ask_now() {
  const std::lock_guard lock(mutex_);
  due_ = {};
  changed_.notify_all();
}

void Reader::hold(bool held) {
  const std::lock_guard lock(mutex_);
  held_ = held;
  changed_.notify_all();
}

std::shared_ptr<const Look> Reader::take() {
  const std::lock_guard lock(mutex_);
  return std::exchange(answer_, nullptr);
}

std::optional<Clock::time_point> Reader::asking_since() const {
  const std::lock_guard lock(mutex_);
  return asking_since_;
}

/// When to ask next; the end of time: when told to.
Clock::time_point Reader::next() const {
  const bool at_once = due_ == Clock::time_point{};
  if (!question_ || (!at_once && (held_ || !every_))) return Clock::time_point::max();
  return due_;
}

void Reader::run() {
  std::unique_lock lock(mutex_);
  while (!ending_) {
    const Clock::time_point due = next();
    if (due > Clock::now()) {
      if (due == Clock::time_point::max())
        changed_.wait(lock);
      else
        changed_.wait_until(lock, due);
      continue;
    }
    const Question question = *question_;
    const Clock::time_point began = Clock::now();
    stop_ = std::stop_source();
    const std::stop_token stop = stop_.get_token();
    asking_since_ = began;
    due_ = Clock::time_point::max();  // until somebody asks for it anew
    lock.unlock();
    Look answer = answer_to(
        question, context_, [this](const std::vector<Source>& sources) { return stores_.lend(sources); }, stop);
    const bool failed = answer.error && is_unanswered(answer.error->kind());
    if (failed) stores_.close();
    lock.lock();
    asking_since_.reset();
    if (question_ != question) continue;
    answer_ = std::make_shared<const Look>(std::move(answer));
    if (due_ == Clock::time_point::max() && every_) due_ = Clock::now() + time_to_next(began, *every_);
  }
}

}  // namespace queuetrace
