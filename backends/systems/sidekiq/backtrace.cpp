// The packed backtrace of a failed job (docs/systems/sidekiq.md section 2.2).
#include <zlib.h>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/systems/sidekiq/parts.hpp"
#include "tracing/base64.hpp"

namespace queuetrace::sidekiq {
namespace {

/// A job names how many lines it keeps; a few hundred are a few ten thousand bytes.
constexpr std::size_t largest_backtrace = 256u << 10;

std::optional<std::string> inflate_bounded(const std::string& packed) {
  std::string text(largest_backtrace, '\0');
  uLongf size = text.size();
  const auto* bytes = reinterpret_cast<const Bytef*>(packed.data());
  if (uncompress(reinterpret_cast<Bytef*>(text.data()), &size, bytes, packed.size()) != Z_OK) return std::nullopt;
  text.resize(size);
  return text;
}

}  // namespace

std::optional<std::string> read_backtrace(std::string_view packed) {
  const std::optional<std::string> bytes = base64_decode(packed);
  const std::optional<std::string> text = bytes ? inflate_bounded(*bytes) : std::nullopt;
  if (!text) return std::nullopt;
  const nlohmann::json lines = parse_bounded(*text);
  if (!lines.is_array()) return std::nullopt;
  std::string out;
  for (const nlohmann::json& line : lines)
    if (line.is_string()) out += (out.empty() ? "" : "\n") + line.get_ref<const std::string&>();
  return out;
}

}  // namespace queuetrace::sidekiq
