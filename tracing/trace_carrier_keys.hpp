// The names under which carriers hold trace context (docs/tracing.md section 0.3), for those who look for carriers in
// other forms than JSON.
#pragma once

#include <string_view>

namespace queuetrace {

/// Whether the key of a carrier by this name, in lower case, can hold trace context.
bool is_carrier_key(std::string_view name);

}  // namespace queuetrace
