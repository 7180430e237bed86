// Fuzz target: replies of a Redis server. Checks that bytes in one piece and bytes one by one make the same replies or
// the same failure, and that no reply exceeds its limits.
#include <vector>

#include "backends/drivers/redis/reply_reader.hpp"
#include "model/error.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace queuetrace;
using fuzz::require;

constexpr ReplyLimits limits{.kept_of_string = 64, .kept = 256, .longest_string = 1 << 20, .elements = 128, .depth = 4};

/// Every value of a reply in one text; walks into whatever is there.
void tell(Reply::View value, unsigned depth, std::string& out) {
  require(depth <= limits.depth);
  out += static_cast<char>('0' + static_cast<int>(value.type()));
  out += std::to_string(value.integer()) + "," + std::to_string(value.cut_from()) + ",";
  out += value.text();
  for (std::size_t i = 0; i < value.size(); ++i) tell(value[i], depth + 1, out);
}

std::string told(std::string_view bytes, std::size_t step) {
  ReplyReader reader(limits);
  std::string out;
  try {
    while (!bytes.empty()) {
      const std::string_view piece = bytes.substr(0, step);
      bytes.remove_prefix(piece.size());
      reader.feed(piece);
      while (const std::optional<Reply> reply = reader.next()) {
        require(reply->nodes.size() <= limits.elements + 1);
        tell(reply->root(), 0, out);
        out += '\n';
      }
    }
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::unreachable);
    out += "failed";
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  require(told(bytes, size + 1) == told(bytes, 1));
  return 0;
}
