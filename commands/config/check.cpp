// `config check`: what is wrong in the configuration file, with lines.
#include <algorithm>

#include "backends/description_check.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "tracing/whole_trace_link.hpp"

namespace queuetrace {
namespace {

constexpr Column problem_columns[] = {{"place", "PLACE"}, {"problem", "PROBLEM"}, {"hint", "HINT"}};

Value text_or_unknown(const std::string& text) { return text.empty() ? Value() : Value(Untrusted(text)); }

Record problem_record(const Configuration& configuration, const ConfigurationProblem& problem) {
  std::string place = configuration.path.string();
  if (problem.line > 0) place += ":" + std::to_string(problem.line);
  return {{"place", Untrusted(place)}, {"problem", Untrusted(problem.text)}, {"hint", text_or_unknown(problem.hint)}};
}

/// What does not fit the tables of the sources that were named.
std::vector<ConfigurationProblem> misfits(Context& context) {
  const Catalogue catalogue = catalogue_with(context.configuration.systems);
  std::vector<ConfigurationProblem> problems;
  std::vector<std::string> found;
  for (const Source& source : context.sources) {
    DescriptionCheck check = check_descriptions(source, catalogue);
    std::ranges::move(check.problems, std::back_inserter(problems));
    std::ranges::move(check.found, std::back_inserter(found));
  }
  for (const SystemDescription& system : context.configuration.systems)
    if (!context.sources.empty() && std::ranges::find(found, system.name) == found.end())
      problems.push_back(
          {system.tables.front().line, "[systems." + system.name + "] table: none of the sources asked has it", ""});
  std::ranges::stable_sort(problems, {}, &ConfigurationProblem::line);
  return problems;
}

/// Says of viewers of the file what makes their searches find nothing.
void advise_viewers(const Context& context) {
  for (const ViewerSettings& settings : context.configuration.viewers)
    if (!settings.is_default && needs_service(settings))
      context.notices.note("viewer '" + settings.name +
                           "' searches for jobs by the service name of the queue system's own library; where yours are "
                           "called otherwise, set vars.service to the service.name that your workers report");
}

/// One record a problem: place (file:line), problem, hint. Exit code usage when there is any. Throws Error where a
/// source that was named does not answer.
ExitCode config_check(Context& context) {
  const Configuration& configuration = context.configuration;
  std::vector<ConfigurationProblem> problems = configuration.problems;
  std::ranges::move(misfits(context), std::back_inserter(problems));
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.problems/1", "problems", problem_columns, Heading::Layout::list, "place"});
  for (const ConfigurationProblem& problem : problems) formatter->row(problem_record(configuration, problem));
  formatter->end({{"path", Untrusted(configuration.path.string())}, {"found", configuration.found}});
  if (!configuration.found)
    context.notices.note("there is no file " + configuration.path.string() + "; the defaults are used");
  else if (problems.empty())
    context.notices.note("no problems in " + configuration.path.string());
  if (problems.empty()) advise_viewers(context);
  if (problems.empty() && context.sources.empty() && !configuration.systems.empty())
    context.notices.note("name sources with --source to compare [systems.NAME] with their tables");
  return problems.empty() ? ExitCode::done : ExitCode::usage;
}

}  // namespace

CommandForm form(At<"config check">) { return CommandForm(config_check); }

}  // namespace queuetrace
