// Fuzz target: bytes that were packed: base64, zlib, SQLite's binary JSON, percent encoding. Checks that what is
// unpacked stays below its bound and can be packed again.
#include "backends/drivers/sqlite/jsonb.hpp"
#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/inflate.hpp"
#include "tests/fuzz/require.hpp"
#include "tracing/base64.hpp"
#include "tracing/percent.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace queuetrace;
  using fuzz::require;
  const std::string_view bytes = fuzz::text_of(data, size);
  require(base64_decode(base64_encode(bytes)) == bytes);
  if (const std::optional<std::string> decoded = base64_decode(bytes))
    require(base64_decode(base64_encode(*decoded)) == decoded);
  constexpr std::size_t most = 4096;
  const std::string beginning = inflate_beginning(bytes, most);
  require(beginning.size() <= most);
  if (const std::optional<std::string> whole = inflate_whole(bytes, most)) {
    require(whole->size() <= most);
    require(*whole == beginning);
  }
  if (const std::optional<std::string> json = json_of_jsonb(bytes, most)) require(json->size() <= most);
  require(percent_decode(percent_encode(bytes)) == bytes);
  percent_decode(bytes);
  return 0;
}
