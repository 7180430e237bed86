// One script for systems whose jobs lie in lists and in sorted sets: what is done to an element is done by
// list_change_script, what is done to a member by member_change_script.
#pragma once

#include "backends/engines/redis/list_change.hpp"
#include "backends/engines/redis/member_change.hpp"

namespace queuetrace {

/// A run is about one key: append_list_change() or append_member_change() fills it, and its first value tells which.
inline constexpr ScriptText element_change_script{"if ARGV[1] == 'LPUSH' or ARGV[1] == 'RPUSH' then return (function()",
                                                  member_change_script, "end)() end", list_change_script};

}  // namespace queuetrace
