#include "cli/usage_error.hpp"

#include <algorithm>
#include <cctype>

#include "cli/option_tree.hpp"
#include "cli/usual_words.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/suggestion.hpp"
#include "model/connection_url.hpp"

namespace queuetrace {
namespace {

std::string help_command(const std::string& path) {
  return "queuetrace " + path + (path.empty() ? "" : " ") + "--help";
}

std::string hint_or_help(std::string hint, const std::string& path) {
  return hint.empty() ? "see '" + help_command(path) + "'" : hint;
}

void add_long_names(const CommandDescription& command, bool deep, std::vector<std::string>& names) {
  for (const OptionDescription& option : command.options)
    if (!option.positional)
      for (const std::string& name : option.names)
        if (name.starts_with("--")) names.push_back(name);
  if (deep)
    for (const CommandDescription& inner : command.commands) add_long_names(inner, true, names);
}

std::vector<std::string> names_of(const std::vector<CommandDescription>& commands) {
  std::vector<std::string> names;
  for (const CommandDescription& command : commands)
    names.push_back(command.path.substr(command.path.rfind(' ') + 1));  // npos + 1 is 0: the whole path
  return names;
}

Error unknown_option(const CommandDescription& root, const std::string& path, const std::string& argument) {
  const std::string name = argument.substr(0, argument.find('='));
  std::vector<std::string> known;
  const CommandDescription* command = find_command(root, path);
  if (command != nullptr && command != &root) add_long_names(*command, false, known);
  add_long_names(root, false, known);
  std::string hint = did_you_mean(name, known);
  if (hint.empty()) {
    std::vector<std::string> elsewhere;
    add_long_names(root, true, elsewhere);
    if (std::find(elsewhere.begin(), elsewhere.end(), name) != elsewhere.end())
      hint = name + " belongs to other commands; see '" + help_command(path) + "'";
  }
  const std::string where = path.empty() ? "" : " for '" + path + "'";
  return Error(ErrorKind::usage, "unknown option " + name + where).with_hint(hint_or_help(hint, path));
}

/// What looks like an option and stands behind `--`, which ends them.
Error no_option(const std::string& path, const std::string& argument) {
  return Error(ErrorKind::usage, "unexpected argument '" + masked_place(argument) + "'" +
                                     (path.empty() ? "" : " for '" + path + "'") +
                                     ": it stands behind '--', which ends the options")
      .with_hint("if it is meant as an option, put it before '--'");
}

Error unknown_word(const CommandDescription& root, const std::string& path, const std::string& word) {
  const CommandDescription* command = find_command(root, path);
  if (command == nullptr || command->commands.empty())
    return Error(ErrorKind::usage, "unexpected argument '" + masked_place(word) + "' for '" + path + "'")
        .with_hint("see '" + help_command(path) + "'");
  const std::vector<std::string> known = names_of(command->commands);
  const std::string typed = (path.empty() ? "" : path + " ") + masked_place(word);
  std::string hint;
  if (const std::string_view usual = usual_meaning(typed); !usual.empty())
    hint = "did you mean '" + std::string(usual) + "'?";
  if (hint.empty()) hint = did_you_mean(word, known);
  if (hint.empty() && path.empty())  // `list` alone
    for (const CommandDescription& noun : root.commands)
      for (const CommandDescription& verb : noun.commands)
        if (hint.empty() && verb.path.ends_with(" " + word)) hint = "did you mean '" + verb.path + "'?";
  if (hint.empty() && path.empty())
    hint = "commands: queuetrace --help; of a job, trace or order: " + command_of({"show", word});
  if (hint.empty()) hint = "known: " + joined(known);
  return Error(ErrorKind::usage, "unknown command '" + typed + "'").with_hint(hint);
}

}  // namespace

void refuse_single_dash_names(const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  for (const std::string& argument : arguments) {
    if (argument == "--") return;
    if (argument.size() < 3 || argument[0] != '-' || !std::isalpha(static_cast<unsigned char>(argument[1]))) continue;
    if (names.empty()) add_long_names(describe_program(), true, names);
    const std::string name = "-" + argument.substr(0, argument.find('='));
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    throw Error(ErrorKind::usage, "unknown option " + name.substr(1)).with_hint("did you mean '" + name + "'?");
  }
}

void refuse_unknown(const std::string& path, const std::vector<std::string>& remaining,
                    const std::vector<std::string>& arguments) {
  if (remaining.empty()) return;
  const CommandDescription root = describe_program();
  const auto end_of_options = std::ranges::find(arguments, "--");
  for (const std::string& argument : remaining) {
    if (argument.size() < 2 || argument[0] != '-' || argument == "--") continue;
    if (std::find(end_of_options, arguments.end(), argument) != arguments.end()) throw no_option(path, argument);
    throw unknown_option(root, path, argument);
  }
  for (const std::string& argument : remaining)
    if (argument != "--") throw unknown_word(root, path, argument);
}

Error usage_error(const std::string& path, const std::string& what) {
  return Error(ErrorKind::usage, what).with_hint("see '" + help_command(path) + "'");
}

Error verb_missing(const std::string& path) {
  const CommandDescription root = describe_program();
  const CommandDescription* noun = find_command(root, path);
  const std::vector<std::string> verbs = noun == nullptr ? std::vector<std::string>() : names_of(noun->commands);
  return Error(ErrorKind::usage, "'" + path + "' needs a verb: " + joined(verbs))
      .with_hint("see '" + help_command(path) + "'");
}

}  // namespace queuetrace
