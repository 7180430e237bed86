#include "cli/options/parser.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>

#include "commands/report/suggestion.hpp"

namespace queuetrace {
namespace {

/// What was declared where, to find what was given.
using Declared = std::vector<std::pair<const BoundOption*, CLI::Option*>>;

CLI::Option* declare(CLI::App& app, const BoundOption& bound) {
  const OptionFacts& facts = *bound.facts;
  std::string names(facts.names);
  if (!facts.old_names.empty()) names += "," + std::string(facts.old_names);
  if (is_flag(facts)) return app.add_flag(names);
  CLI::Option* option = app.add_option(names);
  if (bound.several) option->expected(CLI::detail::expected_max_vector_size)->allow_extra_args(is_argument(facts));
  if (facts.takes_last) option->take_last();
  return option->required(facts.required);
}

void declare(CLI::App& app, std::span<const BoundOption> options, Declared& declared) {
  for (const BoundOption& bound : options) declared.emplace_back(&bound, declare(app, bound));
  for (const BoundOption& bound : options) {
    CLI::Option* option = app.get_option(message_name(*bound.facts));
    if (!bound.facts->needs.empty()) option->needs(app.get_option(std::string(bound.facts->needs)));
    if (!bound.facts->excludes.empty()) option->excludes(app.get_option(std::string(bound.facts->excludes)));
  }
}

CLI::App& subcommand(CLI::App& parent, const std::string& name) {
  for (CLI::App* known : parent.get_subcommands([](const CLI::App*) { return true; }))
    if (known->get_name() == name) return *known;
  return *parent.add_subcommand(name);
}

CLI::App& command_at(CLI::App& root, const std::string& path) {
  const std::size_t blank = path.find(' ');
  if (blank == std::string::npos) return subcommand(root, path);
  return subcommand(subcommand(root, path.substr(0, blank)), path.substr(blank + 1));
}

std::string path_reached(const CLI::App& root) {
  std::string path;
  const CLI::App* app = &root;
  while (!app->get_subcommands().empty()) {
    app = app->get_subcommands().front();
    path += (path.empty() ? "" : " ") + app->get_name();
  }
  return path;
}

/// The library's refusal in our words.
std::string refusal_of(const CLI::ParseError& error) {
  const std::string what = error.what();
  if (error.get_name() != "ArgumentMismatch") return what;
  const std::string name = what.substr(0, what.find(':'));
  return what.ends_with(" missing") ? name + " needs a value" : name + " is given more than once";
}

bool is_choice(const OptionFacts& facts, const std::string& text) {
  if (facts.choices.empty()) return true;
  const std::vector<std::string> choices = comma_list(facts.choices);
  return std::ranges::find(choices, text) != choices.end();
}

/// Behind `--` nothing is an option. The library forgets that as soon as a command has all its arguments, and is given
/// stand-ins for what looks like one: this byte, which no argument can hold, and the place of the word.
constexpr char stand_in = '\0';

std::vector<std::string> with_stand_ins(std::vector<std::string> arguments) {
  const auto end = std::ranges::find(arguments, "--");
  for (auto word = end == arguments.end() ? end : end + 1; word != arguments.end(); ++word)
    if (word->starts_with('-')) *word = stand_in + std::to_string(word - arguments.begin());
  return arguments;
}

std::vector<std::string> as_typed(std::vector<std::string> words, const std::vector<std::string>& arguments) {
  for (std::string& word : words)
    if (word.starts_with(stand_in)) word = arguments.at(std::stoul(word.substr(1)));
  return words;
}

std::vector<std::string> texts_of(const BoundOption& bound, const CLI::Option& option,
                                  const std::vector<std::string>& arguments) {
  const CLI::results_t all = as_typed(option.results(), arguments);
  if (bound.several) return all;
  if (!is_flag(*bound.facts)) return {all.back()};
  return {"true"};
}

const BoundOption* option_of(std::span<const BoundOption> shared, std::span<const BoundOption> own,
                             std::string_view word) {
  for (const std::span<const BoundOption> options : {own, shared})
    for (const BoundOption& bound : options)
      if (word.starts_with('-') && has_name(*bound.facts, word)) return &bound;
  return nullptr;
}

/// An option that took the next option for its value, `-l -s shop`, or a flag that was given one, `--watch=3`: the
/// library takes both. Empty: neither. The value is not told: it may be a secret.
std::string misread_option(std::span<const BoundOption> shared, std::span<const BoundOption> own,
                           const std::vector<std::string>& arguments) {
  for (std::size_t at = 0; at < arguments.size(); ++at) {
    const std::string& word = arguments[at];
    if (word == "--") break;
    if (const std::size_t equals = word.find('='); equals != std::string::npos) {
      const BoundOption* const flag = option_of(shared, own, std::string_view(word).substr(0, equals));
      if (flag != nullptr && is_flag(*flag->facts)) return word.substr(0, equals) + " takes no value";
    }
    const BoundOption* const one = option_of(shared, own, word);
    if (one == nullptr || is_flag(*one->facts) || at + 1 == arguments.size()) continue;
    const std::string& value = arguments[++at];
    if (option_of(shared, own, value) != nullptr)
      return word + " needs a value, and " + value + " is an option; if it is meant: " + word +
             (word.starts_with("--") ? "=" : "") + value;
  }
  return {};
}

}  // namespace

bool ParseOutcome::has(std::string_view name) const {
  return std::ranges::any_of(given, [&](const GivenOption& one) { return has_name(*one.option->facts, name); });
}

ParseOutcome parse_arguments(std::span<const BoundOption> shared, std::span<const CommandOptions> commands,
                             const std::vector<std::string>& arguments) {
  CLI::App root;
  root.set_help_flag();
  root.fallthrough();
  root.require_subcommand(0, 1);
  Declared declared;
  declare(root, shared, declared);
  for (const CommandOptions& command : commands)
    declare(command_at(root, std::string(command.path)), command.options, declared);
  root.allow_extras();  // after the commands, which must not inherit it: what is unknown is told with a hint

  ParseOutcome outcome;
  try {
    std::vector<std::string> words = with_stand_ins(arguments);
    std::ranges::reverse(words);  // it takes them last first
    root.parse(std::move(words));
  } catch (const CLI::ParseError& error) {
    outcome.refusal = refusal_of(error);
  }
  outcome.path = path_reached(root);
  const auto reached = std::ranges::find(commands, outcome.path, &CommandOptions::path);
  const std::span<const BoundOption> own =
      reached == commands.end() ? std::span<const BoundOption>() : std::span<const BoundOption>(reached->options);
  if (std::string misread = misread_option(shared, own, arguments); !misread.empty()) {
    outcome.refusal = std::move(misread);
    outcome.misread = true;
  }
  outcome.unplaced = as_typed(root.remaining(true), arguments);
  for (const auto& [bound, option] : declared) {
    if (option->count() == 0) continue;
    GivenOption given{bound, texts_of(*bound, *option, arguments)};
    if (!given.texts.empty()) outcome.given.push_back(std::move(given));
  }
  return outcome;
}

std::string set_values(const std::vector<GivenOption>& given) {
  for (const auto& [option, texts] : given) {
    if (!option->set) continue;
    const OptionFacts& facts = *option->facts;
    for (const std::string& text : texts) {
      try {
        if (!is_choice(facts, text)) throw BadValue{"one of " + joined(comma_list(facts.choices))};
        option->set(text);
      } catch (const BadValue& bad) {
        return message_name(facts) + ": " + in_quotes(text) + " is not " + bad.expected;
      }
    }
  }
  return {};
}

}  // namespace queuetrace
