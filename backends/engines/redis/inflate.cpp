#include "backends/engines/redis/inflate.hpp"

#include <zlib.h>

#include <algorithm>

namespace queuetrace {
namespace {

constexpr std::size_t first_step = 1'024;

struct Inflated {
  std::string text;
  bool whole = false;
};

Inflated inflate_at_most(std::string_view packed, std::size_t most) {
  Inflated out;
  z_stream stream{};
  if (inflateInit(&stream) != Z_OK) return out;
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(packed.data()));
  stream.avail_in = static_cast<uInt>(packed.size());
  int said = Z_OK;
  while (said == Z_OK && out.text.size() < most) {
    const std::size_t had = out.text.size();
    out.text.resize(std::min(most, std::max(first_step, had * 2)));
    stream.next_out = reinterpret_cast<Bytef*>(out.text.data() + had);
    stream.avail_out = static_cast<uInt>(out.text.size() - had);
    said = inflate(&stream, Z_NO_FLUSH);
    out.text.erase(out.text.size() - stream.avail_out);
    if (stream.avail_in == 0 && stream.avail_out > 0) break;  // it is cut off
  }
  out.whole = said == Z_STREAM_END;
  inflateEnd(&stream);
  return out;
}

}  // namespace

std::optional<std::string> inflate_whole(std::string_view packed, std::size_t most) {
  Inflated out = inflate_at_most(packed, most);
  return out.whole ? std::optional(std::move(out.text)) : std::nullopt;
}

std::string inflate_beginning(std::string_view packed, std::size_t most) { return inflate_at_most(packed, most).text; }

}  // namespace queuetrace
