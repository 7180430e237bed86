// Fuzz target: URLs of sources. Checks that a password that stands once in the text, as it is, is not in what is shown
// of it, and that masking never throws.
#include "model/connection_url.hpp"
#include "tests/fuzz/require.hpp"

namespace {

/// Whether `part` stands in `text` exactly once.
bool stands_once(std::string_view text, std::string_view part) {
  const std::size_t first = text.find(part);
  return first != std::string_view::npos && text.find(part, first + 1) == std::string_view::npos;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace queuetrace;
  using fuzz::require;
  const std::string_view text = fuzz::text_of(data, size);
  const std::string masked = masked_url(text);
  with_masked_urls(text);
  const std::optional<ConnectionUrl> url = parse_connection_url(text);
  if (!url || !url->has_password) return 0;
  const std::string& password = url->password.reveal();
  const bool is_decoded = text.find('%') != std::string_view::npos;  // it may stand elsewhere, too
  if (password.size() >= 8 && !is_decoded && stands_once(text, password))
    require(masked.find(password) == std::string::npos);
  return 0;
}
