// The program's entry.
#include <malloc.h>

#include "cli/argument_secrets.hpp"
#include "cli/run.hpp"
#include "cli/standard_streams.hpp"

int main(int count, char** arguments) {
  queuetrace::hold_standard_streams();
  // Large values go back to the system when they are freed: kept for others, they would leave holes of their size.
  ::mallopt(M_MMAP_THRESHOLD, 1 << 20);
  const std::vector<std::string> copied(arguments + (count > 0 ? 1 : 0), arguments + count);
  queuetrace::overwrite_secrets(count, arguments);
  return queuetrace::run(copied, queuetrace::process_environment());
}
