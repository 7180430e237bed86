// From a job as typed to the jobs it means: `ID`, the first 4 characters or more of one, or `source/ID`.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "backends/gather.hpp"
#include "commands/context.hpp"
#include "commands/exit_code.hpp"
#include "commands/job/read_matches.hpp"
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
  bool by_prefix = false;          ///< the text is but the beginning of the id
  bool whole_wanted = false;       ///< IdMatch::whole: the candidates are called otherwise
};

struct JobSearch {
  std::vector<FoundJob> found;  ///< one an argument, in their order
  std::vector<Job> further;     ///< what fits FurtherQuestions and is no job whose whole id was given
  std::vector<SourceOutcome> outcomes;
  std::vector<std::string> warnings;
  std::vector<OpenedSource> sources;  ///< for further questions

  /// Every job found, in the order of the arguments.
  std::vector<const Job*> jobs() const;
  bool all_found() const;
};

/// What an argument may name.
enum class IdMatch {
  prefix,  ///< an id, or the first characters of one
  whole    ///< an id and nothing else: what a script repeats must never mean another job once the first is gone
};

/// Opens the sources that are needed and asks all of them side by side. An id that is there whole means all its
/// occurrences (Redis may hold several; two sources may share small numbers); otherwise a text of 4 or more characters
/// means the one id that begins with it. An id may be given as it is stored or as it is printed (terminal_text());
/// where both readings are ids, none is meant. `source/ID` asks that source only, even one that is configured and not
/// selected. `payload`: read payloads too. Reads at most 10,000 matches a store. Throws Error{usage} without a source,
/// and what a single source throws when it does not open.
/// Without arguments all selected sources are asked the `further` questions alone.
JobSearch find_jobs(const std::vector<std::string>& arguments, const Context& context, bool payload,
                    const FurtherQuestions& further = {});

/// The same in sources that are open.
JobSearch find_jobs_in(std::vector<OpenedSource> sources, const std::vector<std::string>& arguments,
                       const Context& context, bool payload, IdMatch match = IdMatch::prefix,
                       const FurtherQuestions& further = {});

/// Says which arguments mean no job or too many, and where was searched. Throws Error{not_found} when there is but one
/// argument and every source answered; otherwise warns for each and returns not_found, or partial when a source that
/// failed or was cut short might hold what is missing.
ExitCode report_missing(const JobSearch& search, Notices& notices);

/// The arguments with `-` replaced by the lines on standard input. Throws Error{usage} when there are none at all.
std::vector<std::string> with_standard_input(const std::vector<std::string>& arguments, const Context& context);

}  // namespace queuetrace
