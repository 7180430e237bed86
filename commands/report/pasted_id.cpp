#include "commands/report/pasted_id.hpp"

namespace queuetrace {

std::string as_pasted(std::string_view text) {
  constexpr std::string_view around = " \t\r\n,;\"'`";
  const std::size_t begin = text.find_first_not_of(around);
  if (begin == std::string_view::npos) return std::string(text);
  return std::string(text.substr(begin, text.find_last_not_of(around) - begin + 1));
}

}  // namespace queuetrace
