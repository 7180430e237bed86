// One thread a source: opening them side by side and asking every store of theirs, failures kept beside the answers.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/job_store.hpp"
#include "model/error.hpp"

namespace queuetrace {

/// How one source (or one store of it) fared.
struct SourceOutcome {
  std::string address;  ///< source, or source/system
  std::string system;   ///< empty when it failed before that was known
  std::optional<Error> error;
  std::uint64_t scanned = 0;
  std::optional<std::string> truncated;
  Milliseconds elapsed{};
  std::optional<std::string> unseen = {};      ///< what of it this session does not see (JobStore::unseen), our words
  std::optional<std::string> unsearched = {};  ///< where nobody looked whether there is more, or what is there is not
                                               ///< known to be jobs: nothing is known to be missing

  /// Why the answer may be a part of what there is: it was cut short, or not everything is seen. Absent: it is whole.
  std::optional<std::string> incomplete() const;
};

/// What JobStore::unseen() says in one line; absent: everything is seen.
std::optional<std::string> unseen_in(JobStore& store);
/// Fills SourceOutcome::unseen and unsearched.
void tell_unseen(JobStore& store, SourceOutcome& outcome);

/// A source that was opened, or the error that kept it from being.
struct OpenedSource {
  Source source;
  std::vector<std::unique_ptr<JobStore>> stores;
  std::optional<Error> error;
  Milliseconds elapsed{};
};

/// Opens all sources side by side and waits for them; a failing one holds its error. With a single source its error is
/// thrown.
std::vector<OpenedSource> open_sources(const std::vector<Source>& sources);

/// Opens one source for changing it (JobStore::administration). Throws what keeps it from being opened.
OpenedSource open_for_writing(const Source& source);

/// How many outcomes for_each_store() returns: one a store, and one for each source that did not open.
std::size_t outcome_count(const std::vector<OpenedSource>& sources);

/// Runs `ask` on every store, one thread per source; the outcome of each in source order. `ask` must touch only its
/// store and its slot.
std::vector<SourceOutcome> for_each_store(std::vector<OpenedSource>& sources,
                                          const std::function<void(JobStore&, std::size_t index)>& ask);

}  // namespace queuetrace
