#include "model/long_id.hpp"

#include <algorithm>
#include <cctype>

namespace queuetrace {
namespace {

constexpr std::size_t least_digits = 16;
constexpr std::string_view uuid_form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";

bool is_hex(char c) { return std::isxdigit(static_cast<unsigned char>(c)) != 0; }

bool is_long(std::string_view id) {
  if (id.size() == uuid_form.size())
    return std::equal(id.begin(), id.end(), uuid_form.begin(),
                      [](char c, char form) { return form == '-' ? c == '-' : is_hex(c); });
  return id.size() >= least_digits && std::all_of(id.begin(), id.end(), is_hex);
}

}  // namespace

std::size_t start_of_long_id(std::string_view id) {
  const std::size_t mark = id.find_last_of(":/");
  const std::size_t start = mark == std::string_view::npos ? 0 : mark + 1;
  return is_long(id.substr(start)) ? start : std::string_view::npos;
}

}  // namespace queuetrace
