// `PATH=VALUE`, the text of a condition on a payload, to read and to write.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/job_filter.hpp"

namespace queuetrace {

/// Reads `PATH=VALUE`, `PATH!=VALUE` and `PATH~TEXT`. Parts of the path are separated by dots; places of lists
/// may stand in brackets (`items[0].sku` is `items.0.sku`); blanks around it do not count; a backslash before `.`, `=`,
/// `!`, `~`, `[`, `]`, a blank or a backslash makes that character part of a name. The value is taken as it is. Absent
/// when the text is none of the three, a part of the path is empty, or brackets hold anything but digits.
std::optional<PayloadCondition> parse_payload_condition(std::string_view text);

/// The object or array that a condition asks for as a whole (`=` and `!=`), as canonical_json() writes it: stores keep
/// the same one in different spellings. Absent for conditions on a text, which compare it as it is.
std::optional<std::string> whole_value(const PayloadCondition& condition);

/// The text that parse_payload_condition() reads as this condition.
std::string to_text(const PayloadCondition& condition);

}  // namespace queuetrace
