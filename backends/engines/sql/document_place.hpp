// Values inside texts that the server must not parse: JSON may hold what its functions refuse (`\u0000`), and
// serialised text of other languages is no JSON at all.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/job.hpp"

namespace queuetrace {

/// The text under `members` of the JSON text: numbers are places in lists, from the end where negative, and a text on
/// the way is JSON itself. No members: the text as it is. What is no text is given as JSON; absent where there is
/// nothing, or `null`.
std::optional<std::string> text_under(std::string_view text, const std::vector<std::string>& members);

/// The context that stands behind `word` in the text: a traceparent within 64 bytes of it, or what the word means as a
/// header (`uber-trace-id`), with backslashes before its characters or without. Absent where there is none.
std::optional<TraceContext> context_behind(std::string_view text, std::string_view word);

/// The longest run of characters in the glob that JSON writes in one way only and globs mean as they are: a text that
/// lacks it has no member that matches. Empty where there is none.
std::string longest_plain_part(std::string_view glob);

}  // namespace queuetrace
