// Whether a sanitizer is built in. What it holds itself, what was freed included, says nothing about the program's
// memory.
#pragma once

namespace queuetrace::test {

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool is_sanitized = true;
#else
inline constexpr bool is_sanitized = false;
#endif

/// For `strace -E`: the address sanitizer cannot look for leaks in a program that is traced. Means nothing without it.
inline constexpr const char* without_leaks = "ASAN_OPTIONS=detect_leaks=0";

}  // namespace queuetrace::test
