#include "cli/config.hpp"

#include <algorithm>
#include <sstream>

#include "cli/config_sections.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/formatter.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

void read_output(TableReader& top, Configuration& configuration) {
  configuration.output = top.text("output");
  if (!configuration.output || *configuration.output == "auto") return;
  if (find_output_format(*configuration.output) != nullptr) return;
  std::vector<std::string> known{"auto"};
  for (const OutputFormat& format : output_formats()) known.emplace_back(format.name);
  top.problem("output", "there is no format '" + *configuration.output + "'",
              did_you_mean(*configuration.output, known));
}

void read_ages(TableReader& top, Configuration& configuration) {
  const std::optional<Milliseconds> warn = top.duration("warn_age"), alert = top.duration("alert_age");
  if (!warn && !alert) return;
  AgeLimits ages;
  ages.warn = warn.value_or(std::min(ages.warn, alert.value_or(ages.alert)));
  ages.alert = alert.value_or(std::max(ages.warn, ages.alert));
  if (ages.warn > ages.alert)
    top.problem("warn_age", "longer than alert_age", "jobs are warned about before they are an alert");
  configuration.ages = ages;
}

void read_table(const toml::table& table, const Environment& environment, Configuration& configuration) {
  TableReader top(table, "", configuration.problems);
  read_systems(top, configuration);
  read_sources(top, environment, configuration);
  read_viewers(top, configuration);
  read_output(top, configuration);
  configuration.browser = top.program("browser");
  configuration.clipboard = top.program("clipboard");
  configuration.pager = top.program("pager");
  configuration.redact = top.texts("redact");
  read_ages(top, configuration);
  top.finish();
}

}  // namespace

Configuration default_configuration() {
  Configuration configuration;
  read_table(toml::table(), {}, configuration);
  return configuration;
}

Configuration parse_configuration(std::string_view text, const std::filesystem::path& path,
                                  const Environment& environment) {
  Configuration configuration;
  configuration.path = path;
  configuration.found = true;
  try {
    read_table(toml::parse(text), environment, configuration);
  } catch (const toml::parse_error& error) {
    configuration = default_configuration();
    configuration.path = path;
    configuration.found = true;
    configuration.problems.push_back({error.source().begin.line, std::string(error.description()), ""});
  }
  std::stable_sort(configuration.problems.begin(), configuration.problems.end(),
                   [](const ConfigurationProblem& a, const ConfigurationProblem& b) { return a.line < b.line; });
  return configuration;
}

Configuration load_configuration(const std::optional<std::filesystem::path>& given, const Environment& environment) {
  const std::filesystem::path path = configuration_path(given, environment);
  const std::optional<std::string> text =
      path.empty() ? std::nullopt : read_trusted_file(path, FileTrust::configuration);
  if (text) return parse_configuration(*text, path, environment);
  const bool named = given.has_value() || environment.contains("QUEUETRACE_CONFIG");
  if (named && !path.empty())
    throw Error(ErrorKind::usage, "there is no configuration file " + path.string())
        .with_hint(given ? "it was named by --config" : "it was named by QUEUETRACE_CONFIG");
  Configuration configuration = default_configuration();
  configuration.path = path;
  return configuration;
}

std::string substituted_variable(const std::string& text) {
  if (!text.starts_with("${") || !text.ends_with("}") || text.size() < 4) return {};
  return text.substr(2, text.size() - 3);
}

Error problems_error(const Configuration& configuration) {
  const std::size_t count = configuration.problems.size();
  const std::string file = configuration.path.string();
  Error error(ErrorKind::usage, count_words(count, "problem") + " in " + file);
  for (const ConfigurationProblem& problem : configuration.problems)
    error.while_doing(file + (problem.line > 0 ? ":" + std::to_string(problem.line) : "") + ": " + problem.text +
                      (problem.hint.empty() ? "" : " (" + problem.hint + ")"));
  return error.with_hint("queuetrace config check shows them as records");
}

}  // namespace queuetrace
