// Fuzz target: finding strings in arbitrary bytes as in a pickle. Checks that every string lies inside the bytes, that
// no more are found than are asked for, and that what names trace context is read without throwing.
#include <functional>
#include <string_view>

#include "backends/engines/redis/named_strings.hpp"
#include "backends/engines/redis/pickle.hpp"
#include "tests/fuzz/require.hpp"

namespace {

using namespace queuetrace;
using fuzz::require;

bool lies_in(std::string_view part, std::string_view whole) {
  const std::less_equal<const char*> before;
  return before(whole.data(), part.data()) && before(part.data() + part.size(), whole.data() + whole.size());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view bytes = fuzz::text_of(data, size);
  constexpr std::size_t most = 16;
  const auto strings = pickled_strings(bytes, most);
  require(strings.size() <= most);
  for (const PickledString& one : strings) require(lies_in(one.text, bytes));
  const std::string carrier = carrier_in(bytes);
  require(carrier.empty() || carrier.front() == '{');
  return 0;
}
