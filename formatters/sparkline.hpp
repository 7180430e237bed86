// Counts over time as a row of small bars.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

namespace queuetrace {

/// A cell for each count, as high as its share of the greatest: `▁▂▅█`, or `.:-=#` where `ascii`. 0 is the lowest, any
/// other count is higher than that; an unknown one is a blank. Empty where every count is unknown or there is none.
std::string sparkline(std::span<const std::optional<std::uint64_t>> counts, bool ascii);

}  // namespace queuetrace
