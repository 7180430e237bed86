// Text in gzip's form, for requests and links.
#pragma once

#include <string>
#include <string_view>

namespace queuetrace {

/// The bytes as one gzip member without name and time, so that the same text gives the same bytes. Costs a copy; throws
/// std::bad_alloc only.
std::string gzipped(std::string_view text);

}  // namespace queuetrace
