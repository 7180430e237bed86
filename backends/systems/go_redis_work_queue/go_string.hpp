// What the inside of a JSON string means to Go's encoding/json: escapes, surrogate pairs, and bytes that are no UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace queuetrace::go_redis_work_queue {

/// The unit of an escape `\uXXXX` that `text` begins with; absent: it begins with none.
std::optional<unsigned> escaped_unit(std::string_view text);

/// Takes one character off `rest`, the inside of a valid string and not empty, and puts what it means at the end of
/// `out`. Whether it had to be replaced: half of a surrogate pair or no UTF-8 (RFC 3629), read as U+FFFD.
bool take_character(std::string_view& rest, std::string& out);

/// The text that the inside of a valid string means.
std::string meaning(std::string_view inside);

}  // namespace queuetrace::go_redis_work_queue
