// The report of a change: every job as a record in machine formats; for people, how many fared how and those that were
// not done.
#pragma once

#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "commands/change/operation.hpp"
#include "commands/context.hpp"

namespace queuetrace {

class WriteReport {
 public:
  /// `subject`: what is put back where that is no number of jobs, `the pause of queue email`.
  explicit WriteReport(Context& context, std::string subject = {});

  /// Never throws: a reader who went, or a full disk behind stdout, must not stop a change in the middle.
  void add(const Target& target, const TargetReport& report);
  /// Prints what is left and the closing fields. `not_tried`: jobs that the operation did not come to. `hint`: the next
  /// command, a line below the tables. Throws what printing threw before.
  void finish(std::uint64_t not_tried, const Fields& summary, const std::string& hint = "");

  const OutcomeCounts& counts() const { return counts_; }

 private:
  void print(const Target& target, const TargetReport& report);
  void print_tables(const Fields& summary, const std::string& hint);

  Context& context_;
  std::string subject_;
  std::unique_ptr<Formatter> formatter_;  ///< none: tables, printed at the end
  OutcomeCounts counts_;
  std::map<std::pair<Outcome, std::string>, std::uint64_t> reasons_;
  std::vector<Record> not_done_;
  std::uint64_t unlisted_ = 0;
  std::exception_ptr failure_;  ///< of printing
};

/// The closing field `result` where nothing was changed.
inline constexpr std::string_view dry_run_result = "dry run";

/// `counts` of the closing fields.
Fields count_fields(const OutcomeCounts& counts);

}  // namespace queuetrace
