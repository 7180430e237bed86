// The property byte of a character, shared by the table generator and the look-up.
#pragma once

#include <cstdint>

namespace queuetrace::unicode {

inline constexpr std::uint8_t escaped = 1;       ///< rules 4 to 6 of docs/threats.md section 3: never printed as it is
inline constexpr std::uint8_t mark = 2;          ///< combining (Mn, Me)
inline constexpr std::uint8_t symbol = 4;        ///< category So
inline constexpr std::uint8_t format = 8;        ///< category Cf
inline constexpr std::uint8_t wide = 16;         ///< two cells (East Asian W, F)
inline constexpr std::uint8_t latin = 32;        ///< a letter of the Latin script
inline constexpr std::uint8_t look_alike = 64;   ///< a letter of the Cyrillic, Greek or Armenian script
inline constexpr std::uint8_t no_advance = 128;  ///< no cell of its own

inline constexpr char32_t code_points = 0x110000;

}  // namespace queuetrace::unicode
