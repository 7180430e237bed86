// Secrets that a name in front of them gives away in free text: `password=x`, `AccountKey=x;`, `'token': 'x'`,
// `--secret x`, `Authorization: Basic x` (docs/threats.md section 6.3, "by assignment").
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace queuetrace {

class Redaction;

/// A part of a text, by its first character and the one after its last.
struct TextPart {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The next value that a secret name (Redaction::hides_key) is given, from `at` on; its quotes, the name and the word
/// of an authorization scheme are not part of it. Absent: there is none in the rest. Words of a sentence are no values
/// (`password: must not be blank`). `at` is moved behind what was looked at, so that calls in a row are linear.
std::optional<TextPart> next_assigned_secret(std::string_view text, const Redaction& redaction, std::size_t& at);

}  // namespace queuetrace
