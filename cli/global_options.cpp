#include "cli/global_options.hpp"

namespace queuetrace {
namespace {

Choice choice_of(const std::string& word) {
  if (word == "always") return Choice::always;
  return word == "never" ? Choice::never : Choice::automatic;
}

TimeStyle time_style_of(const std::string& word) {
  if (word == "iso") return TimeStyle::iso;
  if (word == "local") return TimeStyle::local;
  return word == "unix" ? TimeStyle::unix_seconds : TimeStyle::relative;
}

using Global = GlobalOptions;

constexpr Option<Global> source_options[] = {
    {{.names = "-s,--source",
      .value = "NAME",
      .help = "Source, group or URL to ask; may be repeated",
      .words = ValueWords::sources},
     into<&Global::sources>},
    {{.names = "--config",
      .value = "FILE",
      .help = "Configuration file, instead of $XDG_CONFIG_HOME/queuetrace/config.toml",
      .words = ValueWords::files},
     into<&Global::configuration_file>},
    {{.names = "--viewer", .value = "NAME", .help = "Trace viewer for links", .words = ValueWords::viewers},
     into<&Global::viewer>},
};

constexpr Option<Global> output_options[] = {
    {{.names = "-o,--output,--format",
      .value = "FORMAT",
      .help = "Output format; auto is a table on a terminal and JSON elsewhere",
      .words = ValueWords::formats},
     into<&Global::output>},
    {{.names = "--json", .help = "Same as -o json"},
     {.set = [](Global& options, const std::string&) { options.output = "json"; }}},
    {{.names = "--fields",
      .value = "A,B,...",
      .help = "Only these fields, in this order; extra.NAME for a part, help for the names"},
     {.set =
          [](Global& options, const std::string& list) {
            for (std::string& name : comma_list(list)) options.fields.push_back(std::move(name));
            if (list.empty()) options.fields.emplace_back();  // no field has this name: refused later, with the names
          },
      .several = true}},
    {{.names = "--no-headers", .help = "No heading line in tables, CSV and TSV"}, into<&Global::no_headers>},
    {{.names = "--time", .value = "STYLE", .help = "Times in tables", .choices = "relative,iso,local,unix"},
     {.set = [](Global& options, const std::string& word) { options.time_style = time_style_of(word); }}},
    {{.names = "--utc", .help = "Same as --time iso"},
     {.set = [](Global& options, const std::string&) { options.time_style = TimeStyle::iso; }}},
    {{.names = "--color",
      .value = "WHEN",
      .help = "Colours; auto follows NO_COLOR, CLICOLOR_FORCE and the terminal",
      .choices = "auto,always,never"},
     {.set = [](Global& options, const std::string& word) { options.color = choice_of(word); }}},
    {{.names = "--hyperlink",
      .value = "WHEN",
      .help = "Clickable links in tables; auto asks the terminal",
      .choices = "auto,always,never"},
     {.set = [](Global& options, const std::string& word) { options.hyperlink = choice_of(word); }}},
    {{.names = "--show-secrets", .help = "Do not mask passwords and tokens inside payloads"},
     into<&Global::show_secrets>},
    {{.names = "--no-pager", .help = "Never start a pager"}, into<&Global::no_pager>},
};

constexpr Option<Global> limit_options[] = {
    {{.names = "--timeout", .value = "DURATION", .help = "Give up after this long, for the whole command"},
     into<&Global::timeout>},
    {{.names = "--scan-limit", .value = "N", .help = "Entries to look at where no index serves the filter"},
     into<&Global::scan_limit>},
    {{.names = "--full", .help = "No bound on entries looked at"}, into<&Global::full>},
};

constexpr Option<Global> general_options[] = {
    {{.names = "--quiet", .help = "No notes on stderr; warnings and errors stay"}, into<&Global::quiet>},
    {{.names = "-v,--verbose", .help = "Say what is read and how long it took, on stderr"}, into<&Global::verbose>},
    {{.names = "--no-input", .help = "Never ask; refuse instead"}, into<&Global::no_input>},
    {{.names = "-h,--help", .help = "Show help"}, {}},         // cli/app.cpp answers it
    {{.names = "--version", .help = "Show the version"}, {}},  // and this
};

constexpr OptionTable<Global> tables[] = {
    {source_options, "Sources"}, {output_options, "Output"}, {limit_options, "Limits"}, {general_options, "General"}};

}  // namespace

std::span<const OptionTable<GlobalOptions>> global_options() { return tables; }

}  // namespace queuetrace
