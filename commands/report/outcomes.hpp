// How the sources of an answer fared: as fields of the document, as lines on stderr, as an exit code.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/gather.hpp"
#include "commands/context.hpp"
#include "commands/exit_code.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// The fields that close every answer: `truncated`, `sources` (address, system, status ok|failed|truncated, error,
/// truncated, unseen, unsearched, scanned, elapsed_ms), `warnings`.
Fields outcome_fields(const std::vector<SourceOutcome>& outcomes, const std::vector<std::string>& warnings);

/// Says on stderr which source failed, which answer is incomplete and why, and every warning (each text once).
void report_outcomes(const std::vector<SourceOutcome>& outcomes, const std::vector<std::string>& warnings,
                     Notices& notices);

/// The same for answers in which what is not seen is a finding.
std::vector<SourceOutcome> without_unseen(std::vector<SourceOutcome> outcomes);

/// done; partial when some source failed, was cut short or may hide jobs; when all failed for the same reason, that
/// reason's code.
ExitCode exit_code_of(const std::vector<SourceOutcome>& outcomes);

/// With a single source its failure is the failure of the command: throws it, before anything is printed.
void throw_only_failure(const std::vector<SourceOutcome>& outcomes);

/// `a, b and c`: the addresses that answered.
std::string answered(const std::vector<SourceOutcome>& outcomes);

/// Whether more than one answered, so that tables name the source of each row.
bool several_answered(const std::vector<SourceOutcome>& outcomes);

/// An error in one line: message, what the server said (escaped), what to do next.
std::string one_line(const Error& error);

/// Whether jobs are shown on a terminal as a table, so that a remark for people may stand beside them.
bool is_for_people(const Context& context);

/// Whether the format is one that people read, where a second table may follow the first.
bool is_table(const Context& context);

}  // namespace queuetrace
