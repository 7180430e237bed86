#include "model/trace_status.hpp"

#include <array>

namespace queuetrace {
namespace {

/// In the order of the enumeration.
constexpr std::array<std::string_view, 4> words{"absent", "placeholder", "opaque", "w3c"};

}  // namespace

std::string_view to_word(TraceStatus status) { return words.at(static_cast<std::size_t>(status)); }

std::optional<TraceStatus> parse_trace_status(std::string_view word) {
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == word) return static_cast<TraceStatus>(i);
  return std::nullopt;
}

}  // namespace queuetrace
