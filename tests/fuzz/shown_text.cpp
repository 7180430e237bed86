// Fuzz target: the one way from untrusted bytes to a terminal. Checks that nothing in it can drive a terminal, and that
// the bytes can be read back from it.
#include <algorithm>

#include "formatters/escape.hpp"
#include "tests/fuzz/require.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace queuetrace;
  using fuzz::require;
  const std::string_view bytes = fuzz::text_of(data, size);
  for (const Profile profile : {Profile::ident, Profile::text}) {
    const std::string shown = terminal_text(bytes, profile);
    require(std::ranges::none_of(shown, [](unsigned char c) { return c < 0x20 || c == 0x7f; }));
    require(shown.find("\xc2\x9b") == std::string::npos);
    require(bytes_of_terminal_text(shown) == bytes);
    require(terminal_text(bytes, profile, table_cell).size() < 4096);
    require(std::ranges::all_of(ascii_text(shown), [](unsigned char c) { return c >= 0x20 && c < 0x7f; }));
  }
  terminal_text(bytes, Profile::text, shown_field);
  has_mixed_scripts(bytes);
  return 0;
}
