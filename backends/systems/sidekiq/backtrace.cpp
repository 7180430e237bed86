// The packed backtrace of a failed job (docs/systems/sidekiq.md section 2.2).
#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/inflate.hpp"
#include "backends/systems/sidekiq/parts.hpp"
#include "tracing/base64.hpp"

namespace queuetrace::sidekiq {
namespace {

/// A job names how many lines it keeps; a few hundred are a few ten thousand bytes.
constexpr std::size_t largest_backtrace = 256u << 10;

}  // namespace

std::optional<std::string> read_backtrace(std::string_view packed) {
  const std::optional<std::string> bytes = base64_decode(packed);
  const std::optional<std::string> text = bytes ? inflate_whole(*bytes, largest_backtrace) : std::nullopt;
  if (!text) return std::nullopt;
  const nlohmann::json lines = parse_bounded(*text);
  if (!lines.is_array()) return std::nullopt;
  std::string out;
  for (const nlohmann::json& line : lines)
    if (line.is_string()) out += (out.empty() ? "" : "\n") + line.get_ref<const std::string&>();
  return out;
}

}  // namespace queuetrace::sidekiq
