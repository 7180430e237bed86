#include "cli/argument_secrets.hpp"

#include <sys/prctl.h>
#include <sys/resource.h>

#include <cstring>

#include "model/connection_url.hpp"

namespace queuetrace {
void overwrite_secrets(int count, char** arguments) {
  for (int i = 1; i < count; ++i)
    if (masked_argument(arguments[i]) != arguments[i]) std::memset(arguments[i], '*', std::strlen(arguments[i]));
}

void protect_memory() {
  const struct rlimit none { 0, 0 };
  ::setrlimit(RLIMIT_CORE, &none);
  ::prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
}

}  // namespace queuetrace
