#include "commands/report/random_id.hpp"

#include <sys/random.h>

#include "model/error.hpp"

namespace queuetrace {

std::string random_hex(std::size_t bytes) {
  std::string raw(bytes, '\0');
  while (raw.find_first_not_of('\0') == std::string::npos)
    if (::getrandom(raw.data(), raw.size(), 0) != static_cast<ssize_t>(raw.size()))
      throw Error(ErrorKind::internal, "the system gives no random numbers");
  static constexpr char digits[] = "0123456789abcdef";
  std::string hex;
  for (const char byte : raw) {
    hex += digits[static_cast<unsigned char>(byte) >> 4U];
    hex += digits[static_cast<unsigned char>(byte) & 15U];
  }
  return hex;
}

}  // namespace queuetrace
