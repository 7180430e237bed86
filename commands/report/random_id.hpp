// Random ids: of traces, spans and files.
#pragma once

#include <cstddef>
#include <string>

namespace queuetrace {

/// `bytes` random bytes as lower-case hex digits, never all zero. Throws Error{internal} when the system gives none.
std::string random_hex(std::size_t bytes);

}  // namespace queuetrace
