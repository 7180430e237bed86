#include "backends/engines/redis/made_id.hpp"

#include <array>
#include <cstdio>

#include "model/fingerprint.hpp"

namespace queuetrace {

std::string made_id(std::string_view element) {
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx", static_cast<unsigned long long>(fingerprint(element)));
  return std::string(made_ids) + digits.data();
}

}  // namespace queuetrace
