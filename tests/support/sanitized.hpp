// Whether a sanitizer is built in. What it holds itself, what was freed included, says nothing about the program's
// memory.
#pragma once

namespace queuetrace::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

}  // namespace queuetrace::test
