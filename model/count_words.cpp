#include "model/count_words.hpp"

namespace queuetrace {

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t at = digits.size(); at > 3;) {
    at -= 3;
    digits.insert(at, ",");
  }
  return digits;
}

std::string count_words(std::uint64_t number, std::string_view thing) {
  return count_words(number, thing, std::string(thing) + "s");
}

std::string count_words(std::uint64_t number, std::string_view one, std::string_view several) {
  return grouped(number) + " " + std::string(number == 1 ? one : several);
}

}  // namespace queuetrace
