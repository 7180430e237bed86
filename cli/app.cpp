#include "cli/app.hpp"

#include <algorithm>

#include "cli/compatibility.hpp"
#include "cli/help.hpp"
#include "cli/option_tree.hpp"
#include "cli/options/parser.hpp"
#include "cli/output_choice.hpp"
#include "cli/usage_error.hpp"
#include "commands/program/facts.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

using Arguments = std::vector<std::string>;

/// Whether all words of the command's name are among the arguments.
bool may_be_meant(const Command& command, const Arguments& arguments) {
  const std::string_view path = command.path;
  const std::size_t blank = path.find(' ');
  const auto typed = [&](std::string_view word) { return std::ranges::find(arguments, word) != arguments.end(); };
  return typed(path.substr(0, blank)) && (blank == std::string_view::npos || typed(path.substr(blank + 1)));
}

/// Whether a word could be the id of a job, trace or order, and is no command.
bool may_be_id(const std::string& word) {
  return word == "-" || (!word.starts_with("-") && word.find_first_of("0123456789") != std::string::npos);
}

/// Whether a command begins with the word.
bool is_command_word(const std::string& word) {
  return std::ranges::any_of(
      commands(), [&](const Command& command) { return command.path.substr(0, command.path.find(' ')) == word; });
}

/// Everything the arguments may mean. Options are declared only for commands that can be meant: declaring them all
/// takes longer than all else of a short run.
struct Meanings {
  GlobalOptions options;
  std::vector<BoundOption> shared;
  std::vector<CommandOptions> commands;  ///< in the catalogue's order
  std::vector<Invocation> invocations;   ///< of the same commands; empty where none can be meant

  explicit Meanings(const Arguments& arguments) {
    for (const OptionTable<GlobalOptions>& table : global_options()) bind_options(table, options, shared);
    for (const Command& command : queuetrace::commands()) {
      commands.push_back({command.path, {}});
      invocations.emplace_back();
      if (!may_be_meant(command, arguments)) continue;
      CommandForm form = command.form();
      commands.back().options = std::move(form.options);
      invocations.back() = std::move(form.run);
    }
  }
  Meanings(const Meanings&) = delete;
  Meanings& operator=(const Meanings&) = delete;
};

/// Where the one word stands that is no command, but may be an id: it holds a digit. Absent when a command is named, or
/// there is none such. Options of every command and their values are passed over.
std::optional<std::size_t> bare_id(const Arguments& arguments) {
  if (std::ranges::none_of(arguments, may_be_id) || std::ranges::any_of(arguments, is_command_word))
    return std::nullopt;
  Meanings meanings(Arguments{});
  const ParseOutcome outcome = parse_arguments(meanings.shared, meanings.commands, arguments);
  if (!outcome.path.empty() || outcome.unplaced.size() != 1 || !may_be_id(outcome.unplaced.front()))
    return std::nullopt;
  const auto found = std::ranges::find(arguments, outcome.unplaced.front());
  return found == arguments.end() ? std::nullopt : std::optional(static_cast<std::size_t>(found - arguments.begin()));
}

ParsedArguments text_answer(std::string text) {
  ParsedArguments parsed;
  parsed.text = std::move(text);
  return parsed;
}

/// A report of what was done stays on the screen, with the notes behind it.
bool is_live(const Command& command, const ParseOutcome& outcome) {
  return command.effect == Effect::writes ||
         std::ranges::any_of(outcome.given, [](const GivenOption& given) { return given.option->facts->is_live; });
}

}  // namespace

ParsedArguments parse(const Arguments& typed) {
  Arguments arguments = rewrite_compatible_spellings(typed);
  refuse_single_dash_names(arguments);
  if (const std::optional<std::size_t> id = bare_id(arguments))
    arguments.insert(arguments.begin() + static_cast<std::ptrdiff_t>(*id), "show");
  Meanings meanings(arguments);
  const ParseOutcome outcome = parse_arguments(meanings.shared, meanings.commands, arguments);
  if (outcome.misread) throw usage_error(outcome.path, outcome.refusal);
  if (outcome.has("--version")) return text_answer("queuetrace " + std::string(program_version()) + "\n");
  if (outcome.has("--help") && outcome.path.empty() && outcome.unplaced == Arguments{"options"})
    return text_answer(options_text(describe_program()));
  if (outcome.has("--help") && outcome.path.empty())
    refuse_unknown(outcome.path, outcome.unplaced, arguments);  // `help stat`
  if (outcome.has("--help")) return text_answer(help_text(describe_program(), outcome.path));
  refuse_unknown(outcome.path, outcome.unplaced, arguments);
  if (!outcome.refusal.empty()) throw usage_error(outcome.path, outcome.refusal);
  const auto command = std::ranges::find(commands(), outcome.path, &Command::path);
  if (command == commands().end()) {
    if (!outcome.path.empty()) throw verb_missing(outcome.path);
    return text_answer(first_page());
  }
  if (const std::string problem = set_values(outcome.given); !problem.empty()) throw usage_error(outcome.path, problem);
  std::optional<std::string>& format = meanings.options.output;
  if (format && *format != "auto") required_format(*command, *format);
  if (meanings.options.jq && (!format || *format == "auto")) format = "json";
  if (meanings.options.jq && *format != "json" && *format != "jsonl")
    throw Error(ErrorKind::usage, "--jq reads JSON, and -o " + *format + " prints none")
        .with_hint("leave -o out, or give -o json or -o jsonl");
  meanings.options.arguments = typed;
  const auto index = static_cast<std::size_t>(command - commands().begin());
  return {std::move(meanings.options), &*command, std::move(meanings.invocations[index]), is_live(*command, outcome),
          std::nullopt};
}

}  // namespace queuetrace
