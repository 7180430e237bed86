#include "backends/engines/sql/state_conditions.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "backends/engines/sql/flavour.hpp"
#include "model/letter_case.hpp"

namespace queuetrace {

std::vector<std::string> state_conditions(const BoundRelation& relation, SqlFlavour flavour,
                                          const std::vector<StateSelector>& wanted, Parameters& parameters) {
  std::vector<std::string> choices;
  std::vector<JobState> states;    // that nothing else is asked for beside
  std::vector<std::string> words;  // that no rule knows
  for (const StateSelector& selector : wanted) {
    if (selector.state)
      if (std::string condition = relation.states.condition(*selector.state); !condition.empty())
        choices.push_back(std::move(condition));
    if (selector.state && !relation.states.means_other(selector.word, *selector.state)) {
      states.push_back(*selector.state);
      continue;
    }
    if (std::optional<std::string> condition = relation.states.native_condition(selector.word))
      choices.push_back(std::move(*condition));
    else
      std::ranges::transform(selector.word, std::back_inserter(words.emplace_back()), lower);
  }
  std::string native = relation.field(SqlField::native_state);
  if (native.empty()) native = relation.states.column();
  if (!words.empty() && !native.empty())
    choices.push_back(equals_any(flavour, SqlType::text,
                                 fmt::format("lower({})", unquoted(flavour, as_text(flavour, native))),
                                 parameters.add(list_value(flavour, words))));
  if (choices.empty()) return {};
  std::vector<std::string> terms;
  if (states.size() == wanted.size())
    if (std::string quick = relation.states.quick_condition(states); !quick.empty()) terms.push_back(std::move(quick));
  terms.push_back(any_of(choices));
  return terms;
}

}  // namespace queuetrace
