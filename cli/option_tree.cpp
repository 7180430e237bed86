#include "cli/option_tree.hpp"

#include "cli/global_options.hpp"
#include "cli/output_choice.hpp"
#include "commands/command.hpp"
#include "formatters/formatter.hpp"

namespace queuetrace {
namespace {

constexpr const char* program_summary =
    "Looks into the job queues you already run (PostgreSQL, Redis, SQLite), finds jobs by trace id and shows what "
    "happened to them.";

std::vector<std::string> choices_of(const OptionFacts& facts) {
  if (facts.words != ValueWords::formats) return comma_list(facts.choices);
  std::vector<std::string> formats{"auto"};  // a command may have more: FormatDescription
  for (const OutputFormat& format : output_formats()) formats.emplace_back(format.name);
  return formats;
}

OptionDescription describe(const BoundOption& option) {
  const OptionFacts& facts = *option.facts;
  OptionDescription described;
  described.names = names_of(facts);
  described.value = facts.value;
  described.choices = choices_of(facts);
  described.words = facts.words;
  described.summary = facts.help;
  if (!option.default_text.empty()) described.summary += " (default " + option.default_text + ")";
  described.group = option.group;
  described.positional = is_argument(facts);
  described.required = facts.required;
  described.repeatable = option.several;
  return described;
}

CommandDescription describe(const Command& command) {
  const CommandForm form = command.form();
  CommandDescription described;
  described.path = command.path;
  described.summary = command.summary;
  described.footer = form.footer;
  for (const BoundOption& option : form.options) described.options.push_back(describe(option));
  for (const OutputFormat& format : form.formats)
    described.formats.push_back({std::string(format.name), std::string(format.summary)});
  return described;
}

/// The list that this command stands in: of its noun's verbs, or the program's.
std::vector<CommandDescription>& siblings(CommandDescription& root, const std::string& path) {
  const std::size_t blank = path.find(' ');
  if (blank == std::string::npos) return root.commands;
  const std::string noun = path.substr(0, blank);
  for (CommandDescription& known : root.commands)
    if (known.path == noun) return known.commands;
  root.commands.emplace_back().path = noun;
  return root.commands.back().commands;
}

}  // namespace

CommandDescription describe_program() {
  CommandDescription root;
  root.summary = program_summary;
  GlobalOptions options;
  std::vector<BoundOption> shared;
  for (const OptionTable<GlobalOptions>& table : global_options()) bind_options(table, options, shared);
  for (const BoundOption& option : shared) root.options.push_back(describe(option));
  for (const Command& command : commands()) siblings(root, std::string(command.path)).push_back(describe(command));
  return root;
}

const CommandDescription* find_command(const CommandDescription& root, const std::string& path) {
  if (root.path == path) return &root;
  for (const CommandDescription& command : root.commands)
    if (const CommandDescription* found = find_command(command, path)) return found;
  return nullptr;
}

}  // namespace queuetrace
