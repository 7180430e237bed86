// What one store holds for ids as they were typed, and for further questions, in as few looks as its indexes allow.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "backends/gather.hpp"
#include "backends/job_store.hpp"
#include "commands/context.hpp"
#include "model/job.hpp"

namespace queuetrace {

/// Characters of an id that may stand for it.
inline constexpr std::size_t shortest_prefix = 4;
/// Said where less found no job.
inline constexpr const char* prefix_hint = "a prefix needs at least 4 characters";

/// What an argument may mean in a store. Nothing for an empty text, which asks nothing.
struct Readings {
  std::vector<std::string> whole;     ///< the id as typed, and as it is printed where that is another
  std::optional<std::string> pasted;  ///< without the blanks and quotes around it: means a job where none is the id
};

Readings readings_of(const std::string& id);

/// What the look through each store is to answer besides.
struct FurtherQuestions {
  std::vector<JobFilter> filters;            ///< each asks for traces or correlation ids
  std::function<bool(const Job&)> fit = {};  ///< whether a job is what one of them asks for
  std::size_t most = 0;                      ///< jobs of one store; one more is read, to tell that there are
};

/// What one store holds for one argument.
struct Match {
  std::vector<Job> whole;
  std::vector<Job> pasted;  ///< whose id is what was typed without what stands around it
  std::vector<Job> longer;
};

/// What one store answers.
struct Answer {
  std::vector<Match> matches;  ///< one an argument
  std::vector<Job> further;
  SourceOutcome outcome;
  std::vector<std::string> warnings;
};

/// Reads every job whose id is or begins with a reading of one of `asked` (by argument; none: not asked here), or is
/// one of them in some queue where ids are unique only there (job_reference.hpp), and what `further` asks for. Reads at
/// most 10,000 matches for one question; throws what the store throws.
void read_matches(JobStore& store, const std::vector<Readings>& asked, const FurtherQuestions& further,
                  const Context& context, bool payload, Answer& answer);

}  // namespace queuetrace
