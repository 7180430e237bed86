#include "commands/job/list_options.hpp"

#include <CLI/CLI.hpp>

namespace queuetrace {

void add_list_options(CLI::App& command, ListOptions& options) {
  command.add_option("-l,--limit", options.limit, "Jobs at most; 0: all, streamed")
      ->check(CLI::NonNegativeNumber)
      ->type_name("N")
      ->group("Listing");
  command.add_option("--cursor", options.cursor, "Go on after this page (next_cursor of the one before)")
      ->type_name("CURSOR")
      ->group("Listing");
  command.add_flag("--payload", options.payload, "Payloads and results too")->group("Listing");
}

}  // namespace queuetrace
