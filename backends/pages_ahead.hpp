// The pages of one store, read ahead of whoever works on them.
#pragma once

#include <deque>
#include <future>
#include <mutex>
#include <optional>
#include <string>

#include "backends/job_store.hpp"

namespace queuetrace {

/// While one page is worked on, the next one is read; and where the store tells in time where that one ends
/// (JobQuery::on_next), the server already looks for the one behind it. So three pages of JobQuery::page_size are held
/// at most.
class PagesAhead {
 public:
  /// Begins with the first page. `store` must outlive this and not be used elsewhere meanwhile.
  PagesAhead(JobStore& store, JobQuery query);
  /// Waits for what is under way: as long as a statement may take.
  ~PagesAhead();
  PagesAhead(const PagesAhead&) = delete;
  PagesAhead& operator=(const PagesAhead&) = delete;

  /// Waits for the next page; absent: the one before was the last, or truncated. Throws what list_page() does;
  /// nothing may be asked behind that.
  std::optional<Page> next();

 private:
  /// With mutex_ held.
  void start(std::optional<std::string> after);
  void go_on_behind(const std::string& next);

  JobStore& store_;
  const JobQuery query_;
  std::mutex mutex_;
  std::deque<std::future<Page>> pages_;  ///< not yet handed out, in order
  std::optional<std::string> waiting_;   ///< where to go on when one of them is
  bool ended_ = false;
};

}  // namespace queuetrace
