// From a job as typed to the jobs it means: `ID`, the first 4 characters or more of one, or `source/ID`.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "backends/gather.hpp"
#include "commands/context.hpp"
#include "commands/exit_code.hpp"
#include "model/job.hpp"

namespace queuetrace {

/// The source a text of the form `source/ID` or `source/system/ID` begins with: the selected or configured one with the
/// longest name, or nullptr when the text begins with no such name (then it is an id).
const Source* named_source(std::string_view typed, const Context& context);

/// What one argument means.
struct FoundJob {
  std::string typed;
  std::vector<Job> jobs;           ///< every occurrence of the one id meant; empty: nothing found, or ambiguous
  std::vector<JobRef> candidates;  ///< ambiguous prefix: up to 20 of the jobs it fits
  std::uint64_t fits = 0;          ///< different ids that begin so, when ambiguous
};

struct JobSearch {
  std::vector<FoundJob> found;  ///< one an argument, in their order
  std::vector<SourceOutcome> outcomes;
  std::vector<std::string> warnings;
  std::vector<OpenedSource> sources;  ///< for further questions

  /// Every job found, in the order of the arguments.
  std::vector<const Job*> jobs() const;
  bool all_found() const;
};

/// Opens the sources that are needed and asks all of them side by side. An id that is there whole means all its
/// occurrences (Redis may hold several; two sources may share small numbers); otherwise a text of 4 or more characters
/// means the one id that begins with it. `source/ID` asks that source only, even one that is configured and not
/// selected. `payload`: read payloads too. Reads at most 10,000 matches a store. Throws Error{usage} without a source,
/// and what a single source throws when it does not open.
JobSearch find_jobs(const std::vector<std::string>& arguments, const Context& context, bool payload);

/// The same in sources that are open.
JobSearch find_jobs_in(std::vector<OpenedSource> sources, const std::vector<std::string>& arguments,
                       const Context& context, bool payload);

/// Says which arguments mean no job or too many, and where was searched. Throws Error{not_found} when there is but one
/// argument and every source answered; otherwise warns for each and returns not_found, or partial when a source that
/// failed or was cut short might hold what is missing.
ExitCode report_missing(const JobSearch& search, Notices& notices);

/// The arguments with `-` replaced by the words on standard input. Throws Error{usage} when there are none at all.
std::vector<std::string> with_standard_input(const std::vector<std::string>& arguments, const Context& context);

}  // namespace queuetrace
