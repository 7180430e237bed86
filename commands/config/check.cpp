// `config check`: what is wrong in the configuration file, with lines.
#include "commands/command.hpp"
#include "commands/context.hpp"

namespace queuetrace {
namespace {

constexpr Column columns[] = {{"place", "PLACE"}, {"problem", "PROBLEM"}, {"hint", "HINT"}};

Value text_or_unknown(const std::string& text) { return text.empty() ? Value() : Value(Untrusted(text)); }

Record problem_record(const Configuration& configuration, const ConfigurationProblem& problem) {
  std::string place = configuration.path.string();
  if (problem.line > 0) place += ":" + std::to_string(problem.line);
  return {{"place", Untrusted(place)}, {"problem", Untrusted(problem.text)}, {"hint", text_or_unknown(problem.hint)}};
}

/// One record a problem: place (file:line), problem, hint. Exit code usage when there is any.
ExitCode config_check(Context& context) {
  const Configuration& configuration = context.configuration;
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.problems/1", "problems", columns, Heading::Layout::list, "place"});
  for (const ConfigurationProblem& problem : configuration.problems)
    formatter->row(problem_record(configuration, problem));
  formatter->end({{"path", Untrusted(configuration.path.string())}, {"found", configuration.found}});
  if (!configuration.found)
    context.notices.note("there is no file " + configuration.path.string() + "; the defaults are used");
  else if (configuration.problems.empty())
    context.notices.note("no problems in " + configuration.path.string());
  return configuration.problems.empty() ? ExitCode::done : ExitCode::usage;
}

}  // namespace

CommandForm form(At<"config check">) { return CommandForm(config_check); }

}  // namespace queuetrace
