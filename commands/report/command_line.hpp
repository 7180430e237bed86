// Command lines to paste: the one that was typed, with more words, and those that go on with it.
#pragma once

#include <string>
#include <vector>

#include "commands/context.hpp"

namespace queuetrace {

/// The arguments with passwords in URLs and connection strings as `***`.
std::vector<std::string> masked_arguments(const std::vector<std::string>& arguments);

/// `queuetrace WORDS`, quoted for a shell where it must be.
std::string command_of(const std::vector<std::string>& words);

/// The command as typed, masked, with `more` behind it (before `--`).
std::string command_with(const Context& context, const std::vector<std::string>& more);

/// Whether --source chose the sources.
bool chooses_source(const Context& context);

/// The words that choose this source again: `--source NAME`; none when the environment or the configuration chose it.
std::vector<std::string> source_words(const Source& source, const Context& context);

/// `queuetrace WORDS -s SOURCE` for each source that --source chose now: a command that goes on from here.
std::string command_from_here(std::vector<std::string> words, const Context& context);

/// The same for a change, which takes one source: that of the store at `address` where several are asked.
std::string command_for_change(std::vector<std::string> words, const std::string& address, const Context& context);

}  // namespace queuetrace
