// "Did you mean": the closest of the accepted words.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace queuetrace {

/// `did you mean 'X'?`, or nothing.
std::string did_you_mean(std::string_view typed, std::span<const std::string> candidates);

/// `a, b, c`.
std::string joined(std::span<const std::string> words, std::string_view separator = ", ");

/// The text between single quotes for a message, made safe for a terminal, cut after 200 bytes. For text that the user
/// typed, or that a store holds.
std::string in_quotes(std::string_view text);

}  // namespace queuetrace
