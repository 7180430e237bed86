#include "commands/report/suggestion.hpp"

#include <algorithm>

#include "formatters/escape.hpp"
#include "model/closest_word.hpp"
#include "model/letter_case.hpp"

namespace queuetrace {
std::string did_you_mean(std::string_view typed, std::span<const std::string> candidates) {
  std::optional<std::string> closest = closest_word(typed, candidates);
  if (!closest && typed.size() > 3) {  // the beginning of a word
    const auto longer = std::find_if(candidates.begin(), candidates.end(), [&](const std::string& word) {
      return lower_case(word).starts_with(lower_case(typed));
    });
    if (longer != candidates.end()) closest = *longer;
  }
  return closest ? "did you mean " + in_quotes(*closest) + "?" : "";
}

std::string joined(std::span<const std::string> words, std::string_view separator) {
  std::string result;
  for (const std::string& word : words) {
    if (!result.empty()) result += separator;
    result += word;
  }
  return result;
}

std::string in_quotes(std::string_view text) {
  constexpr TextLimits limits{200, false};
  return "'" + terminal_text(text, Profile::ident, limits) + "'";
}

}  // namespace queuetrace
