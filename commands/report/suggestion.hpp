// "Did you mean": the closest of the accepted words.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace queuetrace {

/// The candidate that is `typed` up to letter case or a few letters left out, added, changed or swapped (about one in
/// three); absent when none is close. Ties go to the first.
std::optional<std::string> closest_word(std::string_view typed, std::span<const std::string> candidates);

/// `did you mean 'X'?`, or nothing.
std::string did_you_mean(std::string_view typed, std::span<const std::string> candidates);

/// `a, b, c`.
std::string joined(std::span<const std::string> words, std::string_view separator = ", ");

/// The text between single quotes for a message, made safe for a terminal, cut after 200 bytes. For text that the user
/// typed, or that a store holds.
std::string in_quotes(std::string_view text);

}  // namespace queuetrace
