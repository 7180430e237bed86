#include "backends/engines/redis/member_change.hpp"

#include <algorithm>

namespace queuetrace {

void append_member_change(ScriptCall& call, const ActionTarget& target, const MemberChange& change,
                          ListEnd taken_from) {
  const Locator& locator = target.locator;
  const auto index_of = [&](const std::string& key) -> std::string {
    if (key.empty()) return "0";
    const auto found = std::ranges::find(call.keys, key);
    const auto index = static_cast<std::size_t>(found - call.keys.begin()) + 1;
    if (found == call.keys.end()) call.keys.push_back(key);
    return std::to_string(index);
  };
  if (call.keys.empty()) {
    call.keys.push_back(locator.key);
    const bool at_tail = (taken_from == ListEnd::tail) == target.action.front;
    call.values = {at_tail ? "RPUSH" : "LPUSH"};
  }
  const bool field = locator.container == Container::hash;
  call.values.insert(call.values.end(),
                     {field ? "field" : "member", field ? locator.field : locator.element.value_or(std::string()),
                      field ? locator.element.value_or(std::string()) : locator.score, index_of(change.destination),
                      change.sorted ? "zset" : "list", change.replacement, change.score, index_of(change.name_set),
                      change.name, index_of(change.absent_key)});
}

}  // namespace queuetrace
