#include "backends/engines/redis/list_change.hpp"

#include <algorithm>

namespace queuetrace {

void append_list_change(ScriptCall& call, const ActionTarget& target, const ListChange& change, ListEnd taken_from) {
  const auto index_of = [&](const std::string& key) -> std::string {
    if (key.empty()) return "0";
    const auto found = std::find(call.keys.begin(), call.keys.end(), key);
    const auto index = static_cast<std::size_t>(found - call.keys.begin()) + 1;
    if (found == call.keys.end()) call.keys.push_back(key);
    return std::to_string(index);
  };
  if (call.keys.empty()) {
    call.keys.push_back(target.locator.key);
    const bool at_tail = (taken_from == ListEnd::tail) == target.action.front;
    call.values = {target.locator.from_head ? "head" : "tail",
                   std::to_string(target.action.force ? 0 : deepest_element), at_tail ? "RPUSH" : "LPUSH"};
  }
  call.values.push_back(target.locator.element.value_or(std::string()));
  call.values.push_back(index_of(change.destination));
  call.values.push_back(change.replacement);
  call.values.push_back(index_of(change.absent_key));
  call.values.push_back(index_of(change.name_set));
  call.values.push_back(change.name);
}

}  // namespace queuetrace
