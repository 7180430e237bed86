#include "commands/job/list_options.hpp"

namespace queuetrace {
namespace {

constexpr Option<ListOptions> table[] = {
    {{.names = "-l,--limit", .value = "N", .help = "Jobs at most; 0: all, streamed"}, into<&ListOptions::limit>},
    {{.names = "--cursor", .value = "CURSOR", .help = "Go on after this page (next_cursor of the one before)"},
     into<&ListOptions::cursor>},
    {{.names = "--payload", .help = "Payloads and results too"}, into<&ListOptions::payload>},
};

}  // namespace

OptionTable<ListOptions> list_options() { return {table, "Listing"}; }

}  // namespace queuetrace
