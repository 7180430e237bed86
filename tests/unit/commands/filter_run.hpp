// Makes the filter that flags ask for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "commands/filter/options.hpp"
#include "tests/unit/commands/command_run.hpp"

namespace queuetrace::testing {

/// The filter of these arguments, with this standard input and environment. Throws what make_filter() throws.
JobFilter filter_of(const std::vector<std::string>& arguments, const std::string& input = "",
                    std::map<std::string, std::string> environment = {}, FilterUse use = FilterUse::reading);

/// The error that the arguments end in: `kind: message | hint`.
std::string filter_refusal(const std::vector<std::string>& arguments, const std::string& input = "");

/// A command that only makes its filter.
extern const CommandUnderTest filter_command;

}  // namespace queuetrace::testing
