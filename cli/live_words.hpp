// Words that stand in stores: what completion offers for queues, jobs, kinds, groups of errors, fields and operations.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/completion.hpp"
#include "cli/option_tree.hpp"

namespace queuetrace {

enum class LiveWords { queues, jobs, kinds, error_groups, fields, operations };

/// What may stand as the value of an option or argument of a command; absent: nothing that a store knows. Told by what
/// these are called, which is the same in all commands.
std::optional<LiveWords> live_words(const CommandDescription& command, const OptionDescription& option);

/// Words of the sources that `typed`, the finished words of the command line, name with --source, else of those used by
/// default. `begun`: how the word begins, which only bounds what is asked for. Asks every source one bounded question
/// in a session that cannot write, side by side, and gives what came within 220 ms: threads of sources that are
/// silent for longer are left behind. Sources that want a program to be run for their password are not asked. Empty for
/// whatever goes wrong.
std::vector<Candidate> live_candidates(LiveWords words, const CommandDescription& command,
                                       const std::vector<std::string>& typed, const std::string& begun,
                                       const Environment& environment);

}  // namespace queuetrace
