// Pages come in order whatever is read ahead, never more of them than stated, and never two questions at once.
#include "backends/pages_ahead.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <thread>
#include <vector>

#include "model/error.hpp"

using namespace queuetrace;

namespace {

constexpr int page_count = 6;

/// A store of `page_count` pages of one job each, whose id is the page's number. Says where the next page begins as
/// soon as it "has asked its server", then makes its job while the next question may already be asked.
class CountedStore : public JobStore {
 public:
  bool tells_next = true;
  int fails_at = -1;
  int truncated_at = -1;

  const SystemInfo& system() const override { return info_; }
  Capabilities capabilities() const override { return {}; }
  PeekResult peek(const PeekQuery&) override { return {}; }
  Statistics statistics(const StatisticsQuery&) override { return {}; }
  std::vector<Untrusted> queues(const ReadLimits&) override { return {}; }
  StoreCheck check(const ReadLimits&) override { return {}; }

  Page list(const JobQuery& query) override {
    const int number = query.after ? std::stoi(*query.after) : 0;
    Page page;
    if (asking_.exchange(true)) two_at_once_ = true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
    {
      const std::lock_guard lock(mutex_);
      ++asked_;
    }
    changed_.notify_all();
    asking_ = false;
    if (number == fails_at) throw Error(ErrorKind::unreachable, "gone");
    if (number == truncated_at) {
      page.truncated = "enough";
      return page;
    }
    if (number + 1 < page_count) {
      page.next = std::to_string(number + 1);
      if (tells_next && query.on_next) query.on_next(*page.next);
    }
    Job job;
    job.ref.id = Untrusted(std::to_string(number));
    page.jobs.push_back(std::move(job));
    return page;
  }

  /// Waits until this many pages were asked for.
  void wait_until_asked(int pages) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return asked_ >= pages; });
  }
  int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  bool two_at_once() const { return two_at_once_; }

 private:
  SystemInfo info_;
  std::mutex mutex_;
  std::condition_variable changed_;
  int asked_ = 0;
  std::atomic<bool> asking_{false}, two_at_once_{false};
};

std::string ids_of(PagesAhead& pages) {
  std::string ids;
  while (const std::optional<Page> page = pages.next())
    for (const Job& job : page->jobs) ids += job.ref.id.raw();
  return ids;
}

}  // namespace

TEST_CASE("pages come in order, each once, and the store is never asked twice at a time") {
  for (const bool tells_next : {false, true}) {
    CAPTURE(tells_next);
    CountedStore store;
    store.tells_next = tells_next;
    PagesAhead pages(store, {});
    CHECK(ids_of(pages) == "012345");
    CHECK(store.asked() == page_count);
    CHECK_FALSE(store.two_at_once());
  }
}

TEST_CASE("while one page is worked on two more are read where the store says in time where they begin") {
  CountedStore store;
  PagesAhead pages(store, {});
  REQUIRE(pages.next());
  store.wait_until_asked(3);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(store.asked() == 3);
  REQUIRE(pages.next());
  store.wait_until_asked(4);
}

TEST_CASE("a store that says nothing in time is asked for one page ahead") {
  CountedStore store;
  store.tells_next = false;
  PagesAhead pages(store, {});
  REQUIRE(pages.next());
  store.wait_until_asked(2);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  CHECK(store.asked() == 2);
}

TEST_CASE("a failure comes behind the pages before it") {
  CountedStore store;
  store.fails_at = 2;
  PagesAhead pages(store, {});
  CHECK(pages.next()->jobs.front().ref.id.raw() == "0");
  CHECK(pages.next()->jobs.front().ref.id.raw() == "1");
  CHECK_THROWS_AS(pages.next(), Error);
}

TEST_CASE("nothing is asked behind a truncated page, nor by one that is left") {
  CountedStore store;
  store.truncated_at = 1;
  PagesAhead pages(store, {});
  REQUIRE(pages.next());
  CHECK(pages.next()->truncated == "enough");
  CHECK_FALSE(pages.next());
  CHECK(store.asked() == 2);

  CountedStore left;
  { PagesAhead unread(left, {}); }
  CHECK(left.asked() <= 3);
  CHECK_FALSE(left.two_at_once());
}
