// Headers that users set for a collector or a span store: checked, so that none can become two.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/secret.hpp"

namespace queuetrace {

/// `name=value` pairs.
using NamePairs = std::vector<std::pair<std::string, std::string>>;

/// `k=v,k2=v2` with `%HH` decoded; absent when a part is no pair or does not decode. Empty parts count for nothing.
std::optional<NamePairs> pairs_of(std::string_view list);

/// `Name: value` as libcurl takes it; absent when the name is not one that a header can have (RFC 9110), or the value
/// holds a control character.
std::optional<Secret> header_line(const std::string& name, const std::string& value);

/// Adds the headers of a list as pairs_of() reads it. False when some are none; what was added is of no use then.
bool read_header_list(std::string_view list, std::vector<Secret>& headers);

}  // namespace queuetrace
