#include "commands/job/list_options.hpp"

#include <algorithm>
#include <string_view>

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

bool reads_payloads(bool asked, const FormatterOptions& options) {
  return asked || std::ranges::any_of(options.fields, [](const std::string& field) {
           const std::string_view name = std::string_view(field).substr(0, field.find('.'));
           return name == "payload" || name == "result" || name == "extra";
         });
}

OptionTable<ListOptions> list_options() { return {table, "Listing"}; }

}  // namespace queuetrace
