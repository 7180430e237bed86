// Text that a library packed with zlib before it wrote it.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace queuetrace {

/// What was packed; absent: these are no bytes of zlib, or they make more than `most` bytes.
std::optional<std::string> inflate_whole(std::string_view packed, std::size_t most);

/// The first bytes of it, `most` at most; empty: these are no bytes of zlib.
std::string inflate_beginning(std::string_view packed, std::size_t most);

}  // namespace queuetrace
