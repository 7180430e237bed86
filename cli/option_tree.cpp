#include "cli/option_tree.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

namespace queuetrace {
namespace {

/// The words of a validator's description, `TYPE:{a,b,c}`.
std::vector<std::string> choices_in(const std::string& type_name) {
  std::vector<std::string> choices;
  const std::size_t open = type_name.find(":{");
  const std::size_t close = type_name.find('}', open == std::string::npos ? 0 : open);
  if (open == std::string::npos || close == std::string::npos) return choices;
  std::string word;
  for (char c : type_name.substr(open + 2, close - open - 2) + ",") {
    if (c == ',') {
      choices.push_back(std::move(word));
      word.clear();
    } else {
      word += c;
    }
  }
  return choices;
}

OptionDescription describe_option(const CLI::Option& option) {
  OptionDescription described;
  described.positional = option.get_positional();
  if (described.positional) {
    described.names.push_back(option.get_name(true));
  } else {
    for (const std::string& name : option.get_snames()) described.names.push_back("-" + name);
    for (const std::string& name : option.get_lnames()) described.names.push_back("--" + name);
  }
  const std::string type_name = option.get_type_name();
  if (option.get_items_expected_max() > 0) described.value = type_name.substr(0, type_name.find(':'));
  described.choices = choices_in(type_name);
  described.summary = option.get_description();
  described.group = option.get_group();
  described.required = option.get_required();
  described.repeatable = option.get_items_expected_max() > 1;
  described.hidden = option.get_group().empty();
  return described;
}

CommandDescription describe_app(const CLI::App& app, const std::string& path) {
  CommandDescription described;
  described.path = path;
  described.summary = app.get_description();
  described.footer = app.get_footer();
  for (const CLI::Option* option : app.get_options()) described.options.push_back(describe_option(*option));
  for (const CLI::App* command : app.get_subcommands([](const CLI::App*) { return true; }))
    described.commands.push_back(
        describe_app(*command, path.empty() ? command->get_name() : path + " " + command->get_name()));
  return described;
}

}  // namespace

CommandDescription describe(const CLI::App& root) { return describe_app(root, ""); }

const CommandDescription* find_command(const CommandDescription& root, const std::string& path) {
  if (root.path == path) return &root;
  for (const CommandDescription& command : root.commands)
    if (const CommandDescription* found = find_command(command, path)) return found;
  return nullptr;
}

}  // namespace queuetrace
