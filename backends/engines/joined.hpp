// A table of a description whose parts stand in several files.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace queuetrace {

/// The elements of all parts, one part after the other.
template <typename Element, std::size_t... Sizes>
consteval auto joined(const std::array<Element, Sizes>&... parts) {
  std::array<Element, (Sizes + ...)> all{};
  auto next = all.begin();
  ((next = std::copy(parts.begin(), parts.end(), next)), ...);
  return all;
}

}  // namespace queuetrace
