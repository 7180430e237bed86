// Which of the 16384 slots of a cluster a key belongs to.
#pragma once

#include <cstdint>
#include <string_view>

namespace queuetrace {

inline constexpr std::uint16_t cluster_slots = 16384;

/// CRC16 (XMODEM) of the key, or of its first non-empty `{tag}`, modulo 16384 (Redis Cluster specification).
std::uint16_t hash_slot(std::string_view key);

}  // namespace queuetrace
