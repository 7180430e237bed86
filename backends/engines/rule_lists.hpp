// Constant tables of a description that are put together of two: what databases share, and what one has alone.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>

namespace queuetrace {

/// The rules of `first`, then those of `second`.
template <typename Rule, std::size_t First, std::size_t Second>
consteval std::array<Rule, First + Second> followed_by(const std::array<Rule, First>& first,
                                                       const std::array<Rule, Second>& second) {
  std::array<Rule, First + Second> rules{};
  std::copy(first.begin(), first.end(), rules.begin());
  std::copy(second.begin(), second.end(), rules.begin() + First);
  return rules;
}

}  // namespace queuetrace
