#include "commands/job/purge.hpp"

#include <CLI/CLI.hpp>

#include "commands/change/change_jobs.hpp"

namespace queuetrace {

void add_purge(CLI::App& command, Invocation& chosen) {
  add_change(command, chosen, "purge", ActionKind::erase, nullptr);
}

}  // namespace queuetrace
