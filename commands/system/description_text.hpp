// A description as TOML, to be pasted into the configuration.
#pragma once

#include <string>
#include <string_view>

#include "model/system_proposal.hpp"

namespace queuetrace {

/// `[systems.NAME]` with remarks above it. All of it is printable ASCII, whatever names and words the database has: the
/// rest stands as `\uXXXX`, which TOML reads back. What is no UTF-8 is left out, with a remark.
std::string description_text(const SystemProposal& proposal);

/// `"text"`.
std::string toml_text(std::string_view text);

}  // namespace queuetrace
