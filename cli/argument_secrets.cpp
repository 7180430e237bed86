#include "cli/argument_secrets.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <algorithm>
#include <cstring>
#include <string_view>

#include "model/connection_url.hpp"

namespace queuetrace {
namespace {

bool holds_secret(std::string_view argument) {
  const bool option = argument.starts_with("-");
  const std::size_t equals = argument.find('=');
  const std::string_view value = option && equals != std::string_view::npos ? argument.substr(equals + 1)
                                 : option && !argument.starts_with("--")
                                     ? argument.substr(std::min<std::size_t>(2, argument.size()))
                                     : argument;
  const bool url = value.find("://") != std::string_view::npos || value.find("password=") != std::string_view::npos;
  return url && masked_url(value) != value;
}

}  // namespace

void overwrite_secrets(int count, char** arguments) {
  for (int i = 1; i < count; ++i)
    if (holds_secret(arguments[i])) std::memset(arguments[i], '*', std::strlen(arguments[i]));
}

void protect_memory() {
  const struct rlimit none { 0, 0 };
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace queuetrace
