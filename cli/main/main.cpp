// The program's entry.
#include "cli/argument_secrets.hpp"
#include "cli/run.hpp"
#include "cli/standard_streams.hpp"

int main(int count, char** arguments) {
  queuetrace::hold_standard_streams();
  const std::vector<std::string> copied(arguments + (count > 0 ? 1 : 0), arguments + count);
  queuetrace::overwrite_secrets(count, arguments);
  return queuetrace::run(copied, queuetrace::process_environment());
}
