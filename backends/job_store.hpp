// The one interface commands see of a queue, wherever it lives. The SQL and Redis engines implement it.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "backends/job_administration.hpp"
#include "model/error.hpp"
#include "model/page.hpp"
#include "model/peek.hpp"
#include "model/source.hpp"
#include "model/statistics.hpp"
#include "model/store_check.hpp"
#include "model/system_info.hpp"

namespace queuetrace {

/// One queue system in one source. All calls block until the answer is there or a limit is reached, and throw Error.
/// Stores of one source may share a connection: use them from one thread at a time. Every call reads only, in a
/// session that cannot write; what can is administration().
class JobStore {
 public:
  virtual ~JobStore() = default;

  virtual const SystemInfo& system() const = 0;
  virtual Capabilities capabilities() const = 0;

  /// One page of the jobs that match. A bad row or element becomes a job of state unknown or a warning; it never hides
  /// the others.
  virtual Page list(const JobQuery& query) = 0;

  /// What workers take next; never locks, claims or consumes.
  virtual PeekResult peek(const PeekQuery& query) = 0;

  virtual Statistics statistics(const StatisticsQuery& query) = 0;

  /// Names of the queues there are now, and their aliases, sorted; bounded by the limits. For completion and for
  /// checking `--queue`.
  virtual std::vector<Untrusted> queues(const ReadLimits& limits) = 0;

  virtual StoreCheck check(const ReadLimits& limits) = 0;

  /// What of the store this session may not see or does not read, so that every answer may be a part of what there is:
  /// findings with a code, each in one sentence of our own words (names that the store gave are in Finding::names).
  /// Asked after every question (fan_out.hpp): takes a few round trips the first time, and nothing after that. A note
  /// says what need not be missing: nobody looked, at the server's cost (Finding::unanswered), or it may be no job.
  virtual std::vector<Finding> unseen() { return {}; }

  /// What is wrong with the queues and with tracing, for `doctor`: only findings worse than good, each with a code.
  /// What could not be looked at within the limits is a finding that says so (Finding::unanswered).
  virtual std::vector<Finding> diagnose(const ReadLimits& limits) {
    std::vector<Finding> findings = check(limits).findings;
    std::erase_if(findings, [](const Finding& finding) { return finding.severity == Finding::Severity::good; });
    for (Finding& finding : findings)
      if (finding.code.empty()) finding.code = finding_code(finding.subject);
    return findings;
  }

  /// How many kinds of findings diagnose() can make of this store, for an answer without any. Asks the store nothing.
  virtual std::size_t checks() const { return 0; }

  /// The writes of this store; lives as long as the store. Throws Error{internal} when the store was opened for reading
  /// (open.hpp); Error{refused} or Error{authentication} when nothing can be changed here: a standby or replica, jobs
  /// in a view, a user without the means of every change. The first call asks the server.
  virtual JobAdministration& administration() {
    throw Error(ErrorKind::refused, "nothing can be changed in source '" + address_ + "'");
  }

  /// How this store is addressed in job refs: `name`, or `name/system` where one source holds several systems. Set once
  /// after opening.
  const std::string& address() const { return address_; }
  void set_address(std::string address) { address_ = std::move(address); }

 private:
  std::string address_;
};

}  // namespace queuetrace
