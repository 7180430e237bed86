// Parts of JSON as text: reads one or changes one, and everything else stays byte for byte as it was.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace queuetrace {

/// The value of the last member called `name`, as it is written. Absent: there is none, or the text is no JSON object.
/// Costs one pass over the text; views into it.
std::optional<std::string_view> member_of(std::string_view object, std::string_view name);

/// The first element of an array, as it is written. Absent: it is empty, or the text is no array.
std::optional<std::string_view> first_element(std::string_view array);

/// `object` with every member called `name` set to `value`, which is JSON; the member is added at the beginning where
/// there is none. Absent when the text is no JSON object.
std::optional<std::string> with_member(std::string_view object, std::string_view name, std::string_view value);

}  // namespace queuetrace
