#include "cli/usage_error.hpp"

#include <algorithm>
#include <cctype>

#include "commands/report/suggestion.hpp"

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

Error unknown_word(const CommandDescription& root, const std::string& path, const std::string& word) {
  const CommandDescription* command = find_command(root, path);
  if (command == nullptr || command->commands.empty())
    return Error(ErrorKind::usage, "unexpected argument '" + word + "' for '" + path + "'")
        .with_hint("see '" + help_command(path) + "'");
  const std::vector<std::string> known = names_of(command->commands);
  const std::string typed = path.empty() ? word : path + " " + word;
  std::string hint = did_you_mean(word, known);
  if (hint.empty() && path.empty())  // `list` alone
    for (const CommandDescription& noun : root.commands)
      for (const CommandDescription& verb : noun.commands)
        if (hint.empty() && verb.path.ends_with(" " + word)) hint = "did you mean '" + verb.path + "'?";
  if (hint.empty()) hint = "known: " + joined(known);
  return Error(ErrorKind::usage, "unknown command '" + typed + "'").with_hint(hint);
}

/// What CLI11's own checks say, `OPTION: Value X not in range 0 to 1e308` and `WHAT: X not in {a,b}`, in our words.
std::string plain_refusal(const std::string& message) {
  const std::size_t colon = message.find(": ");
  if (colon == std::string::npos) return message;
  const std::string what = message.substr(0, colon);
  const std::string said = message.substr(colon + 2);
  const std::size_t range = said.find(" not in range 0");
  if (said.starts_with("Value ") && range != std::string::npos)
    return what + ": " + in_quotes(said.substr(6, range - 6)) + " is no number of 0 or more";
  const std::size_t set = said.find(" not in {");
  if (set != std::string::npos && said.ends_with('}')) {
    std::string words = said.substr(set + 9, said.size() - set - 10);
    for (std::size_t at = words.find(','); at != std::string::npos; at = words.find(',', at + 2))
      words.insert(at + 1, " ");
    return what + ": " + in_quotes(said.substr(0, set)) + " is none of " + words;
  }
  return message;
}

}  // namespace

void refuse_single_dash_names(const CommandDescription& root, const std::vector<std::string>& arguments) {
  std::vector<std::string> names;
  add_long_names(root, true, names);
  for (const std::string& argument : arguments) {
    if (argument == "--") return;
    if (argument.size() < 3 || argument[0] != '-' || !std::isalpha(static_cast<unsigned char>(argument[1]))) continue;
    const std::string name = "-" + argument.substr(0, argument.find('='));
    if (std::find(names.begin(), names.end(), name) == names.end()) continue;
    throw Error(ErrorKind::usage, "unknown option " + name.substr(1)).with_hint("did you mean '" + name + "'?");
  }
}

void refuse_unknown(const CommandDescription& root, const std::string& path,
                    const std::vector<std::string>& remaining) {
  for (const std::string& argument : remaining)
    if (argument.size() > 1 && argument[0] == '-' && argument != "--") throw unknown_option(root, path, argument);
  for (const std::string& argument : remaining)
    if (argument != "--") throw unknown_word(root, path, argument);
}

Error usage_error(const std::string& path, const std::string& name, const std::string& what) {
  std::string message = what;
  constexpr std::string_view conversion = "Could not convert: ";
  if (name == "ConversionError" && message.starts_with(conversion)) {
    message.erase(0, conversion.size());
    const std::size_t equals = message.find(" = ");
    if (equals != std::string::npos)
      message = message.substr(0, equals) + ": '" + message.substr(equals + 3) + "' is not a value it takes";
  } else if (name == "ArgumentMismatch" && message.ends_with(" missing")) {
    message.resize(std::min(message.find(':'), message.size()));
    message += " needs a value";
  } else if (name == "ValidationError") {
    message = plain_refusal(message);
  }
  return Error(ErrorKind::usage, message).with_hint("see '" + help_command(path) + "'");
}

Error verb_missing(const CommandDescription& root, const std::string& path) {
  const CommandDescription* noun = find_command(root, path);
  const std::vector<std::string> verbs = noun == nullptr ? std::vector<std::string>() : names_of(noun->commands);
  return Error(ErrorKind::usage, "'" + path + "' needs a verb: " + joined(verbs))
      .with_hint("see '" + help_command(path) + "'");
}

}  // namespace queuetrace
