// One script for all that is done to elements of lists: each is taken out if it is still there, byte for byte, and may
// be pushed to another list in the same step.
#pragma once

#include <string>
#include <string_view>

#include "backends/engines/redis/action_rule.hpp"

namespace queuetrace {

/// Elements compared at most from either end of a list for one element: about half a millisecond of the server. What
/// lies deeper is left alone unless Action::force lifts the bound.
inline constexpr std::uint64_t deepest_element = 5'000;

/// Targets of one run: with elements at the end of their list a run takes about 4 microseconds of the server for each,
/// and other clients wait for one run at most. With 16 the 99th percentile of a second client's answers grew to 1.8
/// times what it is alone; with 8 it is 1.1, and a purge takes no longer (`make bench`).
inline constexpr std::size_t elements_together = 8;

/// Its words: `gone` (not in the list), `deep` (not within deepest_element of either end), `guarded` (the key that must
/// not exist does), `wrong-type` (the destination is no list).
extern const std::string_view list_change_script;

struct ListChange {
  std::string destination;  ///< list that takes the replacement; empty: the element just goes
  std::string replacement;
  std::string absent_key;  ///< must not exist; empty: nothing is asked
};

/// Adds the element of target's locator. `destination` gets it at its head, or with Action::front at its tail.
void append_list_change(ScriptCall& call, const ActionTarget& target, const ListChange& change);

}  // namespace queuetrace
