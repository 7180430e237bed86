#include "formatters/sparkline.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace queuetrace {
namespace {

constexpr std::array<std::string_view, 8> block_bars{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
constexpr std::array<std::string_view, 5> ascii_bars{".", ":", "-", "=", "#"};

/// The lowest step for nothing, the others in equal parts up to `greatest`.
std::string_view bar_of(std::uint64_t count, std::uint64_t greatest, std::span<const std::string_view> steps) {
  if (count == 0) return steps.front();
  const auto share = static_cast<double>(count) / static_cast<double>(greatest);
  const auto above = static_cast<std::size_t>(share * static_cast<double>(steps.size() - 1));
  return steps[std::clamp<std::size_t>(above, 1, steps.size() - 1)];
}

}  // namespace

std::string sparkline(std::span<const std::optional<std::uint64_t>> counts, bool ascii) {
  if (std::ranges::none_of(counts, [](const auto& count) { return count.has_value(); })) return {};
  std::uint64_t greatest = 0;
  for (const std::optional<std::uint64_t>& count : counts) greatest = std::max(greatest, count.value_or(0));
  const std::span<const std::string_view> steps = ascii ? std::span<const std::string_view>(ascii_bars) : block_bars;
  std::string text;
  for (const std::optional<std::uint64_t>& count : counts) text += count ? bar_of(*count, greatest, steps) : " ";
  return text;
}

}  // namespace queuetrace
