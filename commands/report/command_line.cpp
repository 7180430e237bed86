#include "commands/report/command_line.hpp"

#include <algorithm>

#include "commands/report/shell_word.hpp"
#include "model/connection_url.hpp"

namespace queuetrace {
std::vector<std::string> masked_arguments(const std::vector<std::string>& arguments) {
  std::vector<std::string> result;
  for (const std::string& argument : arguments) result.push_back(masked_argument(argument));
  return result;
}

std::string command_of(const std::vector<std::string>& words) {
  std::string command = "queuetrace";
  for (const std::string& word : words) command += " " + shell_word(word);
  return command;
}

std::string command_with(const Context& context, const std::vector<std::string>& more) {
  std::vector<std::string> words = masked_arguments(context.arguments);
  // What is said anew replaces what was said before.
  for (const std::string& option : more) {
    const auto old = std::find(words.begin(), std::find(words.begin(), words.end(), "--"), option);
    if (option == "--max" && old != words.end() && *old == option) words.erase(old, std::min(old + 2, words.end()));
    if (option == "--max") std::erase_if(words, [](const std::string& word) { return word.starts_with("--max="); });
  }
  words.insert(std::find(words.begin(), words.end(), "--"), more.begin(), more.end());
  return command_of(words);
}

std::vector<std::string> source_words(const Source& source, const Context& context) {
  const std::vector<Source>& known = context.configuration.sources;
  if (std::any_of(known.begin(), known.end(), [&](const Source& one) { return one.name == source.name; }))
    return {"--source", source.name};
  if (source.origin == "--source") return {"--source", masked_url(source.url.reveal())};
  return {};
}

bool chooses_source(const Context& context) {
  return std::ranges::any_of(context.arguments, [](const std::string& word) {
    return word.starts_with("--source") || (word.starts_with("-s") && !word.starts_with("--"));
  });
}

std::string command_from_here(std::vector<std::string> words, const Context& context) {
  for (const Source& source : context.sources) {
    if (!chooses_source(context)) break;
    const std::vector<std::string> choice = source_words(source, context);
    if (choice.size() == 2) words.insert(words.end(), {"-s", choice[1]});
  }
  return command_of(words);
}

std::string command_for_change(std::vector<std::string> words, const std::string& address, const Context& context) {
  const auto holds = [&](const Source& source) {
    return address == source.name || address.starts_with(source.name + "/");
  };
  const auto one = std::ranges::find_if(context.sources, holds);
  if (context.sources.size() < 2 || one == context.sources.end()) return command_from_here(std::move(words), context);
  const std::vector<std::string> choice = source_words(*one, context);
  words.insert(words.end(), {"-s", choice.size() == 2 ? choice[1] : one->name});
  return command_of(words);
}

}  // namespace queuetrace
