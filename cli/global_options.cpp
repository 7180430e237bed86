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
      .help = "Source, group or URL to ask; repeatable",
      .words = ValueWords::sources},
     into<&Global::sources>},
    {{.names = "--config",
      .value = "FILE",
      .help = "Configuration file to use instead of $XDG_CONFIG_HOME/queuetrace/config.toml",
      .words = ValueWords::files},
     into<&Global::configuration_file>},
    {{.names = "--viewer", .value = "NAME", .help = "Trace viewer to link to", .words = ValueWords::viewers},
     into<&Global::viewer>},
};

constexpr Option<Global> output_options[] = {
    {{.names = "-o,--output,--format",
      .value = "FORMAT",
      .help = "Output format; auto prints a table on a terminal and JSON elsewhere",
      .words = ValueWords::formats},
     into<&Global::output>},
    {{.names = "--json", .help = "Same as -o json"},
     {.set = [](Global& options, const std::string&) { options.output = "json"; }}},
    {{.names = "--fields",
      .value = "A,B,...",
      .help = "Print only these fields, in this order; extra.NAME for one part, help to list the names"},
     {.set =
          [](Global& options, const std::string& list) {
            for (std::string& name : comma_list(list)) options.fields.push_back(std::move(name));
            if (list.empty()) options.fields.emplace_back();  // no field has this name: refused later, with the names
          },
      .several = true}},
    {{.names = "--jq",
      .value = "EXPRESSION",
      .help = "Print what a jq expression makes of the JSON; with -o jsonl, of each record"},
     into<&Global::jq>},
    {{.names = "--full-ids", .help = "Print IDs in tables whole"}, into<&Global::full_ids>},
    {{.names = "--no-headers", .help = "Leave out the lines around the rows of tables, CSV and TSV"},
     into<&Global::no_headers>},
    {{.names = "--time", .value = "STYLE", .help = "How tables show times", .choices = "relative,iso,local,unix"},
     {.set = [](Global& options, const std::string& word) { options.time_style = time_style_of(word); }}},
    {{.names = "--utc", .help = "Same as --time iso"},
     {.set = [](Global& options, const std::string&) { options.time_style = TimeStyle::iso; }}},
    {{.names = "--color",
      .value = "WHEN",
      .help = "When to use colours; auto follows NO_COLOR, CLICOLOR_FORCE and the terminal",
      .choices = "auto,always,never"},
     {.set = [](Global& options, const std::string& word) { options.color = choice_of(word); }}},
    {{.names = "--hyperlink",
      .value = "WHEN",
      .help = "When to print clickable links in tables; auto asks the terminal",
      .choices = "auto,always,never"},
     {.set = [](Global& options, const std::string& word) { options.hyperlink = choice_of(word); }}},
    {{.names = "--show-secrets", .help = "Do not mask passwords and tokens in payloads"}, into<&Global::show_secrets>},
    {{.names = "--no-pager", .help = "Never start a pager"}, into<&Global::no_pager>},
};

constexpr Option<Global> limit_options[] = {
    {{.names = "--timeout", .value = "DURATION", .help = "Time limit for the whole command: 500ms, 10s, 2m"},
     into<&Global::timeout>},
    {{.names = "--scan-limit", .value = "N", .help = "How many entries to read where no index serves the filter"},
     into<&Global::scan_limit>},
    {{.names = "--full", .help = "Read on past the scan limit, to the end"}, into<&Global::full>},
};

constexpr Option<Global> general_options[] = {
    {{.names = "--quiet", .help = "Print no notes on stderr, only warnings and errors"}, into<&Global::quiet>},
    {{.names = "-v,--verbose", .help = "Print what is read and how long it took, on stderr"}, into<&Global::verbose>},
    {{.names = "--no-input", .help = "Never ask; refuse instead"}, into<&Global::no_input>},
    {{.names = "-h,--help", .help = "Show this help"}, {}},    // cli/app.cpp answers it
    {{.names = "--version", .help = "Show the version"}, {}},  // and this
};

constexpr OptionTable<Global> tables[] = {
    {source_options, "Sources"}, {output_options, "Output"}, {limit_options, "Limits"}, {general_options, "General"}};

}  // namespace

std::span<const OptionTable<GlobalOptions>> global_options() { return tables; }

}  // namespace queuetrace
