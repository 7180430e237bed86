// Fuzz target: the texts of --cursor and of the cursors inside it. Checks that what is read can be written and read
// again, and that anything else is a wrong argument.
#include "backends/cursor.hpp"
#include "backends/engines/redis/cursor.hpp"
#include "backends/engines/sql/cursor.hpp"
#include "model/error.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace queuetrace;
using fuzz::require;

/// What `read` makes of the text; an Error of a wrong argument is no finding.
template <typename Read>
void read_text(const Read& read) {
  try {
    read();
  } catch (const Error& error) {
    require(error.kind() == ErrorKind::usage);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text(fuzz::text_of(data, size));
  read_text([&] {
    const ListingPosition position = decode_cursor(text, {});
    const std::string again = encode_cursor(position, {});
    require(encode_cursor(decode_cursor(again, {}), {}) == again);
  });
  read_text([&] {
    const std::string again = write_cursor(read_cursor(text, 2, 2));
    require(write_cursor(read_cursor(again, 2, 2)) == again);
  });
  read_text([&] {
    const std::string again = to_text(parse_cursor(text, 7));
    require(to_text(parse_cursor(again, 7)) == again);
  });
  return 0;
}
