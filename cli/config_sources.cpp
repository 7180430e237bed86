// [sources.NAME], [groups] and `default` of the configuration file.
#include <algorithm>
#include <cctype>

#include "backends/open.hpp"
#include "backends/results_url.hpp"
#include "cli/config.hpp"
#include "cli/config_sections.hpp"
#include "commands/report/suggestion.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Names are printed in refs (`name/id`) and offered by completion.
bool is_source_name(const std::string& text) {
  if (text.empty() || text.size() > 64 || !std::isalnum(static_cast<unsigned char>(text.front()))) return false;
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return c < 0x80 && (std::isalnum(c) || c == '.' || c == '_' || c == '-'); });
}

/// A URL, or that of the environment variable that it names.
Secret url_in(const std::string& text, const Environment& environment) {
  const std::string variable = substituted_variable(text);
  const auto found = environment.find(variable);
  return Secret(variable.empty() || found == environment.end() || found->second.empty() ? text : found->second);
}

/// Kept among the keys, where the system that it is for takes it from; shown masked, as every URL is.
void read_results_url(TableReader& reader, const Environment& environment, Source& source) {
  const std::optional<std::string> text = reader.text(results_url_option);
  if (!text || text->empty()) return;
  Source results;
  results.name = source.name;
  results.url = url_in(*text, environment);
  source.keys[std::string(results_url_option)] = results.url.reveal();
  if (!substituted_variable(results.url.reveal()).empty()) return;  // told when the source is selected
  try {
    if (family_of(results) != StorageFamily::redis) reader.problem(results_url_option, "is not in Redis");
  } catch (const Error& error) {
    reader.problem(results_url_option, error.what(), error.hint());
  }
}

void read_url(TableReader& reader, const Environment& environment, Source& source) {
  const std::optional<std::string> url = reader.text("url");
  if (!url || url->empty()) {
    if (!reader.has("url")) reader.problem("url", "is missing");
    return;
  }
  source.url = url_in(*url, environment);
  if (!substituted_variable(source.url.reveal()).empty()) return;  // told when the source is selected
  try {
    family_of(source);
  } catch (const Error& error) {
    reader.problem("url", error.what(), error.hint());
  }
}

/// `~/` is the home folder; other relative paths start at the configuration file's folder.
std::filesystem::path resolved(const std::string& path, const Environment& environment,
                               const Configuration& configuration) {
  const auto home = environment.find("HOME");
  if (path.starts_with("~/") && home != environment.end()) return std::filesystem::path(home->second) / path.substr(2);
  return configuration.path.parent_path() / path;
}

Source read_source(const toml::table& table, const std::string& name, const Environment& environment,
                   Configuration& configuration) {
  TableReader reader(table, "[sources." + name + "]", configuration.problems);
  Source source;
  source.name = name;
  source.origin = configuration.path.filename().string() + " [sources." + name + "]";
  read_url(reader, environment, source);
  source.system = reader.text("system");
  source.schema = reader.text("schema");
  source.keys = reader.words("keys");
  read_results_url(reader, environment, source);
  if (const std::optional<std::string> file = reader.text("system_config"))
    source.system_config = resolved(*file, environment, configuration);
  source.is_protected = reader.flag("protected", false);
  source.read_only = reader.flag("read_only", false);
  source.redact = reader.texts("redact");
  source.viewer = reader.text("viewer");
  source.connect_timeout = reader.duration("connect_timeout").value_or(source.connect_timeout);
  source.statement_timeout = reader.duration("statement_timeout").value_or(source.statement_timeout);
  source.password_command = reader.texts("password_command");
  if (const std::optional<std::string> file = reader.text("password_file"))
    source.password_file = resolved(*file, environment, configuration);
  if (!source.password_command.empty() && source.password_file)
    reader.problem("password_file", "given together with password_command; keep one of them");
  reader.finish();
  return source;
}

std::vector<std::string> known_names(const Configuration& configuration) {
  std::vector<std::string> names;
  for (const Source& source : configuration.sources) names.push_back(source.name);
  for (const auto& [name, members] : configuration.groups) names.push_back(name);
  return names;
}

void check_names(TableReader& reader, std::string_view key, const std::vector<std::string>& names,
                 const std::vector<std::string>& known) {
  for (const std::string& name : names)
    if (std::find(known.begin(), known.end(), name) == known.end())
      reader.problem(key, "there is no source '" + name + "'", did_you_mean(name, known));
}

}  // namespace

void read_sources(TableReader& top, const Environment& environment, Configuration& configuration) {
  if (const toml::table* sources = top.table("sources")) {
    TableReader reader(*sources, "[sources]", configuration.problems);
    for (const std::string& name : keys_in_file_order(*sources)) {
      const toml::table* table = reader.table(name);
      if (!is_source_name(name))
        reader.problem(name, "names are letters, digits, '.', '_' and '-', at most 64, a letter or digit first");
      else if (table != nullptr)
        configuration.sources.push_back(read_source(*table, name, environment, configuration));
    }
  }
  const std::vector<std::string> sources = known_names(configuration);
  if (const toml::table* groups = top.table("groups")) {
    TableReader reader(*groups, "[groups]", configuration.problems);
    for (const std::string& name : keys_in_file_order(*groups)) {
      const std::vector<std::string> members = reader.texts(name);
      if (!is_source_name(name) || std::find(sources.begin(), sources.end(), name) != sources.end())
        reader.problem(name, "is not a free name for a group");
      check_names(reader, name, members, sources);
      configuration.groups[name] = members;
    }
  }
  configuration.default_sources = top.texts("default");
  check_names(top, "default", configuration.default_sources, known_names(configuration));
}

}  // namespace queuetrace
