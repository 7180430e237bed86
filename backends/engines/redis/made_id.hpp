// Ids that queuetrace makes for jobs that carry none.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

/// What they begin with, for RedisReading::made_ids.
inline constexpr std::string_view made_ids = "element-";

/// Of an element's bytes: equal elements have equal ids, and an id stays while the element does.
std::string made_id(std::string_view element);

}  // namespace queuetrace
