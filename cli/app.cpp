#include "cli/app.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <memory>

#include "cli/compatibility.hpp"
#include "cli/help.hpp"
#include "cli/output_choice.hpp"
#include "cli/usage_error.hpp"
#include "commands/program/facts.hpp"
#include "formatters/formatter.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

constexpr const char* program_summary =
    "Looks into the job queues you already run (PostgreSQL, Redis, SQLite), finds jobs by trace id and shows what "
    "happened to them.";

using Arguments = std::vector<std::string>;

/// Whether all words of the command's name are among the arguments.
bool may_be_meant(const Command& command, const Arguments& arguments) {
  const std::string_view path = command.path;
  const std::size_t blank = path.find(' ');
  const auto typed = [&](std::string_view word) { return std::ranges::find(arguments, word) != arguments.end(); };
  return typed(path.substr(0, blank)) && (blank == std::string_view::npos || typed(path.substr(blank + 1)));
}

/// The parser with every command of the catalogue; `leaves` in the catalogue's order. With `arguments`, options are
/// declared only for commands these can mean: declaring them all takes longer than all else of a short run.
struct Parser {
  CLI::App root{program_summary, "queuetrace"};
  std::vector<CLI::App*> leaves;
  GlobalOptions options;
  Invocation chosen;

  explicit Parser(const Arguments* arguments = nullptr) {
    root.set_help_flag();
    add_global_options(root, options);
    root.set_help_flag("-h,--help", "Show help")->group("General");
    root.set_version_flag("--version", "queuetrace " + std::string(program_version()))->group("General");
    root.get_option("--version")->description("Show the version");
    root.fallthrough();
    root.require_subcommand(0, 1);
    for (const Command& command : commands())
      leaves.push_back(add(command, arguments == nullptr || may_be_meant(command, *arguments)));
    root.allow_extras();  // after the commands, which must not inherit it: what is unknown is told below, with a hint
  }
  Parser(const Parser&) = delete;
  Parser& operator=(const Parser&) = delete;

 private:
  CLI::App* add(const Command& command, bool with_options) {
    const std::string path(command.path);
    const std::size_t blank = path.find(' ');
    CLI::App* parent = blank == std::string::npos ? &root : noun(path.substr(0, blank));
    CLI::App* leaf = parent->add_subcommand(blank == std::string::npos ? path : path.substr(blank + 1),
                                            std::string(command.summary));
    if (with_options) command.add(*leaf, chosen);
    return leaf;
  }

  CLI::App* noun(const std::string& name) {
    for (CLI::App* known : root.get_subcommands([](const CLI::App*) { return true; }))
      if (known->get_name() == name) return known;
    return root.add_subcommand(name);
  }
};

/// The tree of the parser, with what only the catalogue knows.
void add_formats(CommandDescription& described) {
  for (const Command& command : commands())
    if (command.path == described.path)
      for (const OutputFormat& format : own_formats(command))
        described.formats.push_back({std::string(format.name), std::string(format.summary)});
  for (CommandDescription& inner : described.commands) add_formats(inner);
}

CommandDescription describe(const Parser& parser) {
  CommandDescription root = queuetrace::describe(parser.root);
  add_formats(root);
  return root;
}

/// Where the parser got to: `job list`.
std::string path_reached(const CLI::App& root) {
  std::string path;
  const CLI::App* app = &root;
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    path += (path.empty() ? "" : " ") + app->get_name();
  }
  return path;
}

ParsedArguments text_answer(std::string text) {
  ParsedArguments parsed;
  parsed.text = std::move(text);
  return parsed;
}

}  // namespace

ParsedArguments parse(const Arguments& typed) {
  const Arguments arguments = rewrite_compatible_spellings(typed);
  Parser parser(&arguments);
  refuse_single_dash_names(describe(parser), arguments);
  try {
    parser.root.parse(Arguments(arguments.rbegin(), arguments.rend()));  // it takes them last first
  } catch (const CLI::CallForHelp&) {
    return text_answer(help_text(describe(parser), path_reached(parser.root)));
  } catch (const CLI::CallForVersion&) {
    return text_answer("queuetrace " + std::string(program_version()) + "\n");
  } catch (const CLI::ParseError& error) {
    const std::string path = path_reached(parser.root);
    refuse_unknown(describe(parser), path, parser.root.remaining(true));
    throw usage_error(path, error.get_name(), error.what());
  }
  const CommandDescription root = describe(parser);
  const std::string path = path_reached(parser.root);
  refuse_unknown(root, path, parser.root.remaining(true));
  for (std::size_t i = 0; i < parser.leaves.size(); ++i) {
    if (!parser.leaves[i]->parsed()) continue;
    const Command& command = commands()[i];
    const std::optional<std::string>& format = parser.options.output;
    if (format && *format != "auto") required_format(command, *format);
    // A report of what was done stays on the screen, with the notes behind it.
    const std::string option(command.live_option);
    const bool live = command.effect == Effect::writes || (!option.empty() && parser.leaves[i]->count(option) > 0);
    parser.options.arguments = typed;
    return {std::move(parser.options), &command, std::move(parser.chosen), live, std::nullopt};
  }
  if (!path.empty()) throw verb_missing(root, path);
  return text_answer(help_text(root, ""));
}

CommandDescription describe_program() {
  const Parser parser;
  return describe(parser);
}

}  // namespace queuetrace
