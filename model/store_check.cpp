#include "model/store_check.hpp"

namespace queuetrace {

std::string finding_code(std::string_view subject) {
  std::string code;
  for (const char c : subject) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    const bool word = (lower >= 'a' && lower <= 'z') || (lower >= '0' && lower <= '9');
    if (word)
      code += lower;
    else if (!code.empty() && code.back() != '-')
      code += '-';
  }
  if (!code.empty() && code.back() == '-') code.pop_back();
  return code;
}

}  // namespace queuetrace
