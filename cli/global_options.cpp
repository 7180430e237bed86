#include "cli/global_options.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include "commands/report/suggestion.hpp"

namespace queuetrace {
namespace {

constexpr const char* sources_group = "Sources";
constexpr const char* output_group = "Output";
constexpr const char* limits_group = "Limits";
constexpr const char* general_group = "General";

/// The words in braces, as option_tree.cpp reads them.
std::string in_braces(const std::vector<std::string>& words) {
  std::string description = "{";
  for (const std::string& word : words) description += (description.size() > 1 ? "," : "") + word;
  return description + "}";
}

/// Names the words in help and completion, and refuses none.
CLI::Validator shown_choices(const std::vector<std::string>& words) {
  return CLI::Validator([](std::string&) { return std::string(); }, in_braces(words), "shown_choices");
}

CLI::Validator one_of(std::vector<std::string> words) {
  const std::string description = in_braces(words);
  return CLI::Validator(
      [words = std::move(words)](std::string& typed) {
        if (std::find(words.begin(), words.end(), typed) != words.end()) return std::string();
        std::string message = "'" + typed + "' is none of ";
        for (std::size_t i = 0; i < words.size(); ++i) message += (i > 0 ? ", " : "") + words[i];
        return message;
      },
      description, "one_of");
}

Choice choice_of(const std::string& word) {
  if (word == "always") return Choice::always;
  return word == "never" ? Choice::never : Choice::automatic;
}

TimeStyle time_style_of(const std::string& word) {
  if (word == "iso") return TimeStyle::iso;
  if (word == "local") return TimeStyle::local;
  return word == "unix" ? TimeStyle::unix_seconds : TimeStyle::relative;
}

void add_source_options(CLI::App& root, GlobalOptions& options) {
  root.add_option("-s,--source", options.sources, "Source, group or URL to ask; may be repeated")
      ->type_name("NAME")
      ->allow_extra_args(false)
      ->group(sources_group);
  root.add_option("--config", options.configuration_file,
                  "Configuration file, instead of $XDG_CONFIG_HOME/queuetrace/config.toml")
      ->type_name("FILE")
      ->group(sources_group);
  root.add_option("--viewer", options.viewer, "Trace viewer for links")->type_name("NAME")->group(sources_group);
}

void add_output_options(CLI::App& root, GlobalOptions& options) {
  std::vector<std::string> formats{"auto"};
  for (const OutputFormat& format : output_formats()) formats.emplace_back(format.name);
  root.add_option("-o,--output,--format", options.output,
                  "Output format; auto is a table on a terminal and JSON elsewhere")
      ->type_name("FORMAT")
      ->check(shown_choices(formats))  // a command may have more: cli/output_choice.hpp refuses the others
      ->group(output_group);
  root.add_flag_callback(
          "--json", [&options] { options.output = "json"; }, "Same as -o json")
      ->group(output_group);
  root.add_option("--fields", options.fields,
                  "Only these fields, in this order; extra.NAME for a part, help for the names")
      ->type_name("A,B,...")
      ->delimiter(',')
      ->allow_extra_args(false)
      ->group(output_group);
  root.add_flag("--no-headers", options.no_headers, "No heading line in tables, CSV and TSV")->group(output_group);
  root.add_option_function<std::string>(
          "--time", [&options](const std::string& word) { options.time_style = time_style_of(word); },
          "Times in tables")
      ->type_name("STYLE")
      ->check(one_of({"relative", "iso", "local", "unix"}))
      ->group(output_group);
  root.add_flag_callback(
          "--utc", [&options] { options.time_style = TimeStyle::iso; }, "Same as --time iso")
      ->group(output_group);
  root.add_option_function<std::string>(
          "--color", [&options](const std::string& word) { options.color = choice_of(word); },
          "Colours; auto follows NO_COLOR, CLICOLOR_FORCE and the terminal")
      ->type_name("WHEN")
      ->check(one_of({"auto", "always", "never"}))
      ->group(output_group);
  root.add_option_function<std::string>(
          "--hyperlink", [&options](const std::string& word) { options.hyperlink = choice_of(word); },
          "Clickable links in tables; auto asks the terminal")
      ->type_name("WHEN")
      ->check(one_of({"auto", "always", "never"}))
      ->group(output_group);
  root.add_flag("--show-secrets", options.show_secrets, "Do not mask passwords and tokens inside payloads")
      ->group(output_group);
  root.add_flag("--no-pager", options.no_pager, "Never start a pager")->group(output_group);
}

void add_limit_options(CLI::App& root, GlobalOptions& options) {
  root.add_option_function<std::string>(
          "--timeout",
          [&options](const std::string& text) {
            const std::optional<Milliseconds> duration = parse_duration(text);
            if (!duration || duration->count() <= 0)
              throw CLI::ValidationError("--timeout", "'" + text + "' is no duration such as 500ms, 10s or 2m");
            options.timeout = *duration;
          },
          "Give up after this long, for the whole command")
      ->type_name("DURATION")
      ->group(limits_group);
  root.add_option("--scan-limit", options.scan_limit, "Entries to look at where no index serves the filter")
      ->type_name("N")
      ->group(limits_group);
  root.add_flag("--full", options.full, "No bound on entries looked at")->group(limits_group);
}

}  // namespace

void add_global_options(CLI::App& root, GlobalOptions& options) {
  add_source_options(root, options);
  add_output_options(root, options);
  add_limit_options(root, options);
  root.add_flag("--quiet", options.quiet, "No notes on stderr; warnings and errors stay")->group(general_group);
  root.add_flag("-v,--verbose", options.verbose, "Say what is read and how long it took, on stderr")
      ->group(general_group);
  root.add_flag("--no-input", options.no_input, "Never ask; refuse instead")->group(general_group);
}

}  // namespace queuetrace
