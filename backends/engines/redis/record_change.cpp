#include "backends/engines/redis/record_change.hpp"

#include <algorithm>

#include "backends/engines/redis/system.hpp"

namespace queuetrace {

void append_record(ScriptCall& call, const ActionTarget& target, std::string_view standing_key,
                   const RecordGoal& goal) {
  const Locator& locator = target.locator;
  // A key must be named where none is asked about: the record itself, which shares its slot with all the rest.
  call.keys = {locator.record, standing_key.empty() ? locator.record : std::string(standing_key)};
  call.values = {locator.id, std::to_string(locator.fields.size())};
  for (const auto& [name, value] : locator.fields) {
    call.values.push_back(name);
    call.values.emplace_back(value ? "1" : "0");
    call.values.push_back(value.value_or(std::string()));
  }
  const bool scored = locator.container == Container::sorted_set && !locator.standing;
  if (scored) call.keys[1] = locator.key;
  call.values.push_back(scored ? locator.score : locator.standing.value_or("*"));
  call.values.emplace_back(goal.field);
  call.values.emplace_back(goal.value);
}

std::string_view fill_erasure(ScriptCall& call, const ActionTarget& target) {
  append_record(call, target, {});
  if (target.locator.in_list()) {
    // Lists may be the record's second key, too.
    call.keys.push_back(target.locator.key);
    call.values.insert(call.values.end(), {"element", std::to_string(call.keys.size()), *target.locator.element});
  }
  append_erasure(call, belongings_of(target.locator, target.system, target.holders));
  return {};
}

Belongings belongings_of(const Locator& locator, const RedisSystem& system, std::span<const std::string> holders) {
  Belongings out;
  if (system.change.belongings != nullptr)
    out = system.change.belongings(locator, holders);
  else if (!locator.record.empty())
    out.keys.push_back(locator.record);
  const auto add = [&](std::vector<std::pair<std::string, std::string>>& parts, const std::string& name) {
    std::pair<std::string, std::string> own(locator.key, name);
    if (std::ranges::find(parts, own) == parts.end()) parts.insert(parts.begin(), std::move(own));
  };
  switch (locator.container) {
    case Container::sorted_set: add(out.members, locator.element.value_or(std::string())); break;
    case Container::hash: add(out.fields, locator.field); break;
    case Container::set: add(out.set_members, locator.element.value_or(std::string())); break;
    case Container::list:
    case Container::records: break;
  }
  return out;
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
  for (const auto& [key, member] : belongings.set_members) add("set_member", key, member);
}

}  // namespace queuetrace
