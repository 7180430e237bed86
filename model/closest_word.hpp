// The accepted word that a mistyped one is close to.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace queuetrace {

/// The candidate that is `typed` up to letter case or a few letters left out, added, changed or swapped (about one in
/// three); absent when none is close. Ties go to the first.
std::optional<std::string> closest_word(std::string_view typed, std::span<const std::string> candidates);

}  // namespace queuetrace
