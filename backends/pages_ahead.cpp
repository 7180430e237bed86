#include "backends/pages_ahead.hpp"

#include "backends/error_groups.hpp"

namespace queuetrace {
namespace {

constexpr std::size_t most_ahead = 2;

}  // namespace

PagesAhead::PagesAhead(JobStore& store, JobQuery query) : store_(store), query_(std::move(query)) {
  const std::lock_guard lock(mutex_);
  start(query_.after);
}

PagesAhead::~PagesAhead() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  pages_.clear();
}

void PagesAhead::start(std::optional<std::string> after) {
  JobQuery query = query_;
  query.after = std::move(after);
  query.on_next = [this](const std::string& next) { go_on_behind(next); };
  pages_.push_back(
      std::async(std::launch::async, [this, query = std::move(query)] { return list_page(store_, query); }));
}

void PagesAhead::go_on_behind(const std::string& next) {
  const std::lock_guard lock(mutex_);
  if (ended_) return;
  if (pages_.size() < most_ahead)
    start(next);
  else
    waiting_ = next;
}

std::optional<Page> PagesAhead::next() {
  std::future<Page> first;
  {
    const std::lock_guard lock(mutex_);
    if (pages_.empty()) return std::nullopt;
    first = std::move(pages_.front());
  }
  // It stays the first of pages_ until it is there, so that what it tells about its end counts it.
  Page page = first.get();
  const std::lock_guard lock(mutex_);
  pages_.pop_front();
  if (waiting_) {
    start(std::move(waiting_));
    waiting_.reset();
  } else if (pages_.empty() && page.next && !page.truncated) {
    start(page.next);
  }
  return page;
}

}  // namespace queuetrace
