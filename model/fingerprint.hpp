// A number that tells texts apart on every machine and in every run: to notice a change, never a secret.
#pragma once

#include <cstdint>
#include <string_view>

namespace queuetrace {

/// FNV-1a. `seed`: the fingerprint of what stands before `bytes`.
constexpr std::uint64_t fingerprint(std::string_view bytes, std::uint64_t seed = 14695981039346656037ull) {
  for (const char byte : bytes) seed = (seed ^ static_cast<unsigned char>(byte)) * 1099511628211ull;
  return seed;
}

}  // namespace queuetrace
