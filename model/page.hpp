// A request for jobs and one bounded answer to it. Nothing stays open in a store between two pages.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "model/job.hpp"
#include "model/job_filter.hpp"

namespace queuetrace {

/// What one call may cost. The store stops at the first bound reached and says so in Page::truncated.
struct ReadLimits {
  /// Entries a scan may look at where no index serves the filter, counted over all pages of one listing; absent: no
  /// bound (`--full`).
  std::optional<std::uint64_t> scan = 1'000'000;
  /// Server-side, for one statement (`--timeout`); absent: as the source says (Source::statement_timeout).
  std::optional<std::chrono::milliseconds> statement_timeout = {};
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();  ///< `--timeout`
  std::stop_token stop;  ///< asked between statements; a stopped call returns what it has, truncated
  /// A prompt waits for words to offer: a part of what is there, at once, is better than all of it a moment later.
  bool prompt = false;
};

/// `newest`: by creation, newest first, ties by id (in a capture as they were captured). `storage`: whatever order the
/// store reads cheapest; for streaming everything.
enum class JobOrder { newest, storage };

struct JobQuery {
  JobFilter filter;
  std::size_t page_size = 50;  ///< maximum number of jobs in this page
  /// How many jobs will be asked for behind this page, as far as the caller knows: a store may find their places with
  /// those of the page, where each page would cost a look at everything.
  std::uint64_t follow = 0;
  std::optional<std::string> after;  ///< Page::next of the previous page, made by the same store for the same filter
  JobOrder order = JobOrder::newest;
  bool payload = false;   ///< read payload, result and everything in `extra`
  bool locators = false;  ///< fill Job::locator
  bool brief = false;     ///< id, queue, kind, states and error are all that is needed of a job
  bool ends = false;      ///< brief: and when it ended
  ReadLimits limits;
  /// If set, may be called with Page::next as soon as the store can be asked for the next page, before the jobs of this
  /// one are made; called by the thread that lists.
  std::function<void(const std::string& next)> on_next = {};
};

/// Jobs in the order asked for. A page may contain fewer jobs than asked for, even none, and still have a `next`.
struct Page {
  std::vector<Job> jobs;
  std::optional<std::string> next;       ///< absent: nothing follows
  std::uint64_t scanned = 0;             ///< entries looked at since the first page, where the store had to scan
  std::optional<std::string> truncated;  ///< why the answer is incomplete; absent: complete so far
  std::vector<std::string> warnings;     ///< skipped rows, keys of another type, ...; data in them is already escaped
};

}  // namespace queuetrace
