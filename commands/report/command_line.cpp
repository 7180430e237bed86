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

}  // namespace queuetrace
