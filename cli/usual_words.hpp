// Words that users of other tools type for commands that have other names here.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

/// The command that `typed`, one word or a noun and a verb, usually means: `job rm` is `job delete`, `ps` is
/// `job list --state running`. Empty where nothing is known. It is proposed, never run.
std::string_view usual_meaning(std::string_view typed);

}  // namespace queuetrace
