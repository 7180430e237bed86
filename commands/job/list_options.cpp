#include "commands/job/list_options.hpp"

namespace queuetrace {
namespace {

constexpr Option<ListOptions> table[] = {
    {{.names = "-l,--limit",
      .value = "N",
      .help = "Show at most this many jobs; 0 = all, streamed",
      .shows_default = true},
     into<&ListOptions::limit>},
    {{.names = "--cursor", .value = "CURSOR", .help = "Continue after this page (next_cursor of the page before)"},
     into<&ListOptions::cursor>},
    {{.names = "--payload", .help = "Also show payloads and results"}, into<&ListOptions::payload>},
};

}  // namespace

OptionTable<ListOptions> list_options() { return {table, "Listing"}; }

}  // namespace queuetrace
