#include "commands/job/delete.hpp"

#include <CLI/CLI.hpp>

#include "commands/change/change_jobs.hpp"

namespace queuetrace {

void add_job_delete(CLI::App& command, Invocation& chosen) {
  add_change(command, chosen, "job delete", ActionKind::erase,
             "Jobs to remove: ids, the first 4 characters and more, or source/ID; - reads stdin");
}

}  // namespace queuetrace
