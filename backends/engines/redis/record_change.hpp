// Scripts about records: each begins by asking whether the record is as the plan saw it.
#pragma once

#include <string>
#include <string_view>

#include "backends/engines/redis/action_rule.hpp"

namespace queuetrace {

/// Comes before the text of every script about a record. KEYS: the record, the sorted set of waiting ids, then the
/// script's own. Its words: `gone`, `already` (the goal is reached), `changed`. `at` is the index of the first value
/// of the script's own, `id` the record's id.
extern const std::string_view record_guard;

/// What a script's answer `already` means: this field has this value, though the record is not as it was.
struct RecordGoal {
  std::string_view field = {};
  std::string_view value = {};
};

/// Adds the record of target's locator; the script's own keys and values follow it.
void append_record(ScriptCall& call, const ActionTarget& target, std::string_view standing_key,
                   const RecordGoal& goal = {});

/// Deletes all that makes up a job; after record_guard.
extern const std::string_view erase_record_script;

/// The script's own keys and values.
void append_erasure(ScriptCall& call, const Belongings& belongings);

}  // namespace queuetrace
