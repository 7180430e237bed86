#include "backends/engines/redis/record_change.hpp"

#include <algorithm>

namespace queuetrace {

void append_record(ScriptCall& call, const ActionTarget& target, std::string_view standing_key,
                   const RecordGoal& goal) {
  const Locator& locator = target.locator;
  call.keys = {locator.key, std::string(standing_key)};
  call.values = {locator.id, std::to_string(locator.fields.size())};
  for (const auto& [name, value] : locator.fields) {
    call.values.push_back(name);
    call.values.emplace_back(value ? "1" : "0");
    call.values.push_back(value.value_or(std::string()));
  }
  call.values.push_back(locator.standing.value_or("*"));
  call.values.emplace_back(goal.field);
  call.values.emplace_back(goal.value);
}

void append_erasure(ScriptCall& call, const Belongings& belongings) {
  const auto add = [&](const char* part, const std::string& key, const std::string& name) {
    const auto found = std::find(call.keys.begin(), call.keys.end(), key);
    const auto index = static_cast<std::size_t>(found - call.keys.begin()) + 1;
    if (found == call.keys.end()) call.keys.push_back(key);
    call.values.insert(call.values.end(), {part, std::to_string(index), name});
  };
  for (const std::string& key : belongings.keys) add("key", key, {});
  for (const auto& [key, member] : belongings.members) add("member", key, member);
  for (const auto& [key, field] : belongings.fields) add("field", key, field);
}

}  // namespace queuetrace
