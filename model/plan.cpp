#include "model/plan.hpp"

#include <array>

namespace queuetrace {
namespace {

constexpr std::array<std::string_view, 4> action_words{"retry", "cancel", "delete", "move"};
constexpr std::array<std::string_view, 3> verdict_words{"act", "already", "skip"};
constexpr std::array<std::string_view, 6> outcome_words{"done", "already", "changed", "skipped", "failed", "unknown"};

}  // namespace

std::string_view to_word(ActionKind kind) { return action_words.at(static_cast<std::size_t>(kind)); }

std::optional<ActionKind> action_kind_from_word(std::string_view word) {
  for (std::size_t i = 0; i < action_words.size(); ++i)
    if (action_words[i] == word) return static_cast<ActionKind>(i);
  return std::nullopt;
}

std::string_view to_word(Verdict verdict) { return verdict_words.at(static_cast<std::size_t>(verdict)); }

std::string_view to_word(Outcome outcome) { return outcome_words.at(static_cast<std::size_t>(outcome)); }

}  // namespace queuetrace
