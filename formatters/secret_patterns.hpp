// Secrets that show themselves by their form, wherever they stand in a text (docs/threats.md section 6.3, "by
// value").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace queuetrace {

/// Appends `text` to `out` with each token, key and URL password in it as `***` and returns how many there were. With 0
/// nothing was appended. One pass, linear.
std::uint64_t hide_secret_patterns(std::string_view text, std::string& out);

}  // namespace queuetrace
