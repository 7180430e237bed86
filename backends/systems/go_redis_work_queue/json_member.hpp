// Changes one member of a JSON object as text: everything else stays byte for byte as it was.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace queuetrace::go_redis_work_queue {

/// `object` with every member that fills the field `name` (go_json.hpp) set to `value`, which is JSON; the member is
/// added at the beginning where there is none. Absent when the text is not a JSON object.
std::optional<std::string> with_member(std::string_view object, std::string_view name, std::string_view value);

}  // namespace queuetrace::go_redis_work_queue
