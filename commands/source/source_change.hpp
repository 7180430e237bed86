// A change of the configuration's sources: made in the text, judged as a whole, written in one step, told.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "commands/context.hpp"
#include "model/configuration.hpp"

namespace queuetrace {

/// What is told once it is done.
struct SourceChange {
  std::string outcome;  ///< `added`, `removed`, `used by default`
  std::vector<std::string> names;
  std::string url = {};  ///< masked
  std::vector<std::string> systems = {};
};

/// Before anything is written, with the configuration as it would be. Throws to stop it.
using JudgeChange = std::function<void(const Configuration& after)>;

/// Writes what `edit` makes of the file's text, once all problems of it are ruled out and `judge` agrees. Throws
/// Error{usage} for a text with problems, refused when the file was changed meanwhile.
void change_sources(const Context& context, const std::function<std::string(const std::string& text)>& edit,
                    const JudgeChange& judge);

/// Schema `queuetrace.source_change/1`, key `changes`, one record: outcome, names, url, systems, file.
void print_change(const SourceChange& change, const Context& context);

/// Names of all sources of a configuration, in its order.
std::vector<std::string> names_of_sources(const Configuration& configuration);

}  // namespace queuetrace
