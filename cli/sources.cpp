#include "cli/sources.hpp"

#include <algorithm>
#include <cctype>
#include <set>
#include <sstream>

#include "backends/open.hpp"
#include "backends/results_url.hpp"
#include "backends/same_place.hpp"
#include "backends/systems/catalogue.hpp"
#include "cli/config.hpp"
#include "cli/usual_url.hpp"
#include "commands/report/source_ways.hpp"
#include "commands/report/suggestion.hpp"
#include "model/connection_url.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// Or a string of keywords (`host=db dbname=app`), which has `=` before any colon.
bool is_url(const std::string& text) {
  return text.find("://") != std::string::npos || text.starts_with("sqlite:") || text.starts_with("sqlite3:") ||
         (text.find('=') != std::string::npos && text.find('=') < text.find(':'));
}

bool is_file(const std::string& text) { return text.find('/') != std::string::npos || text.ends_with(".db"); }

/// `localhost:6379`, `db.example:5432/app?sslmode=require`: a host and a port, and nothing that makes it a URL.
std::optional<std::string> meant_url(const std::string& text) {
  const std::string place = text.substr(0, text.find('?', text.rfind('@') + 1));
  const std::size_t colon = place.rfind(':');
  if (colon == std::string::npos || place.find_first_of("/.") == 0 || colon == 0) return std::nullopt;
  const std::string port = place.substr(colon + 1, place.find('/', colon) - colon - 1);
  if (port.empty() || port.size() > 5 || port.find_first_not_of("0123456789") != std::string::npos) return std::nullopt;
  const std::size_t slash = place.find('/', colon);
  const bool names_database =
      slash != std::string::npos && place.find_first_not_of("0123456789", slash + 1) != std::string::npos;
  const bool postgres = port.starts_with("543") || port.starts_with("643") || names_database;  // 6432: a pooler
  return (postgres ? "postgresql://" : "redis://") + text;
}

Source source_of_url(const std::string& typed, const std::string& origin) {
  Source source;
  const std::string url = usual_url(typed);
  source.name = name_of_url(url);
  source.url = Secret(url);
  source.origin = origin;
  family_of(source);  // refuses other schemes before anything else happens
  return source;
}

/// The other source of the configuration with this mark that names the same place.
const Source* twin_with(bool Source::*mark, const Source& source, const Configuration& configuration) {
  const auto found = std::ranges::find_if(configuration.sources, [&](const Source& known) {
    return known.*mark && known.origin != source.origin && is_same_place(source, known);
  });
  return found == configuration.sources.end() ? nullptr : &*found;
}

/// The source of a URL; what the configuration says of changes in the same place holds under every spelling of it.
Source guarded_source_of_url(const std::string& typed, const std::string& origin, const Configuration& configuration) {
  Source source = source_of_url(typed, origin);
  source.is_protected = protected_twin(source, configuration) != nullptr;
  source.read_only = twin_with(&Source::read_only, source, configuration) != nullptr;
  return source;
}

Error unknown_source(const std::string& typed, const std::string& origin, const Configuration& configuration) {
  const std::string name = masked_place(typed);
  std::vector<std::string> known;
  for (const Source& source : configuration.sources) known.push_back(source.name);
  for (const auto& [group, members] : configuration.groups) known.push_back(group);
  if (const std::optional<std::string> url = meant_url(name)) {
    const std::string meant = masked_url(*url);
    return Error(ErrorKind::usage,
                 origin + ": " + in_quotes(meant.substr(meant.find("://") + 3)) + " is no source and no URL")
        .with_hint("did you mean " + meant + "?");
  }
  Error error(ErrorKind::usage, origin + ": there is no source " + in_quotes(name));
  if (known.empty()) return std::move(error.while_doing("no sources are configured")).with_ways(ways_to_a_source(name));
  return error.with_hint(did_you_mean(name, known).empty()
                             ? "known: " + joined(known)
                             : did_you_mean(name, known) + " (known: " + joined(known) + ")");
}

/// `source/system`, as jobs of a source with several systems are addressed: that system of the source alone.
std::optional<Source> one_system(const std::string& name, const Configuration& configuration) {
  const std::size_t slash = name.find('/');
  if (slash == std::string::npos) return std::nullopt;
  const std::string system = name.substr(slash + 1);
  for (const Source& source : configuration.sources) {
    const bool described =
        std::ranges::find(configuration.systems, system, &SystemDescription::name) != configuration.systems.end();
    if (source.name != name.substr(0, slash) || (!described && find_system(system) == nullptr)) continue;
    if (source.system && *source.system != system)
      throw Error(ErrorKind::usage,
                  "source '" + source.name + "' is configured as " + *source.system + ", not " + system);
    Source part = source;
    part.name = name;
    part.system = system;
    part.origin += " (" + system + ")";
    return part;
  }
  return std::nullopt;
}

/// The sources of a comma list. A comma also parts the hosts of one URL (`postgresql://a:1,b:2/db`) and stands in
/// passwords, files and keyword strings: in a URL one ends the source only where the next begins as a source does, with
/// a scheme, as a file or as a configured name.
std::vector<std::string> listed_sources(const std::string& value, const Configuration& configuration) {
  const auto is_configured = [&](const std::string& name) {
    return configuration.groups.contains(name) ||
           std::ranges::any_of(configuration.sources, [&](const Source& source) { return source.name == name; });
  };
  std::vector<std::string> sources;
  std::istringstream parts(value);
  for (std::string part; std::getline(parts, part, ',');) {
    const std::string tail = part.substr(0, part.find('@'));  // `a/b@host` ends a password
    const bool begins = is_configured(part) || part.starts_with("sqlite:") || part.find("://") != std::string::npos ||
                        ((part.starts_with('/') || part.starts_with('.') || part.ends_with(".db")) && tail == part);
    if (!sources.empty() && is_url(sources.back()) && !sources.back().starts_with("sqlite:") && !begins)
      sources.back() += "," + part;
    else if (!part.empty())
      sources.push_back(part);
  }
  return sources;
}

/// Adds what one name, group or URL stands for. `inside`: the groups being read, which must not hold themselves.
void add_named(const std::string& name, const std::string& origin, const Configuration& configuration,
               std::set<std::string> inside, std::vector<Source>& selected) {
  for (const Source& source : configuration.sources) {
    if (source.name != name) continue;
    selected.push_back(source);
    return;
  }
  const auto group = configuration.groups.find(name);
  if (group != configuration.groups.end()) {
    if (!inside.insert(name).second) throw Error(ErrorKind::usage, "[groups] " + name + " holds itself");
    for (const std::string& member : group->second) add_named(member, origin, configuration, inside, selected);
    return;
  }
  if (std::optional<Source> part = one_system(name, configuration))
    selected.push_back(std::move(*part));
  else if (is_url(name))
    selected.push_back(guarded_source_of_url(name, origin, configuration));
  else if (is_file(name) && !meant_url(name) && masked_place(name) == name)
    selected.push_back(guarded_source_of_url("sqlite:" + name, origin, configuration));
  else
    throw unknown_source(name, origin, configuration);
}

void warn_of_password(const std::string& typed, Notices& notices) {
  const std::string url = usual_url(typed);
  if (is_url(typed) && masked_url(url) != url)
    notices.warning(
        "a password on the command line is visible to other users; put it in the configuration "
        "(password_file, password_command), ~/.pgpass or REDISCLI_AUTH");
}

/// DATABASE_URL and REDIS_URL are set for other programs too: one of a foreign kind is passed over with a note.
void add_variable(const std::string& variable, const Environment& environment, Notices& notices,
                  std::vector<Source>& selected) {
  const std::string url = value_of(environment, variable);
  if (url.empty()) return;
  try {
    std::vector<std::string> left_out;
    selected.push_back(source_of_url(without_unknown_parameters(usual_url(url), left_out), variable));
    if (!left_out.empty())
      notices.note(variable + " has parameters that PostgreSQL does not know: " + joined(left_out) + " (left out)");
  } catch (const Error& error) {
    notices.note(variable + " is not used: " + error.what());
  }
}

void add_libpq_variables(const Environment& environment, std::vector<Source>& selected) {
  for (const char* variable : {"PGSERVICE", "PGDATABASE", "PGHOST", "PGHOSTADDR"}) {
    const std::string value = value_of(environment, variable);
    if (value.empty()) continue;
    Source source = source_of_url("postgresql://", variable);  // libpq fills in everything from its variables
    source.name = name_of_url("postgresql://" + value);
    selected.push_back(std::move(source));
    return;
  }
}

/// Each source once; sources of different URLs never share a name.
std::vector<Source> distinct(std::vector<Source> selected) {
  std::vector<Source> result;
  for (Source& source : selected) {
    const auto same = [&](const Source& other) {
      return other.origin == source.origin && other.url.reveal() == source.url.reveal();
    };
    if (std::any_of(result.begin(), result.end(), same)) continue;
    const std::string name = source.name;
    const auto taken = [&](const Source& other) { return other.name == source.name; };
    for (int number = 2; std::any_of(result.begin(), result.end(), taken); ++number)
      source.name = name + "-" + std::to_string(number);
    result.push_back(std::move(source));
  }
  return result;
}

}  // namespace

const Source* protected_twin(const Source& source, const Configuration& configuration) {
  return twin_with(&Source::is_protected, source, configuration);
}

void check_variable(const Source& source) {
  std::string variable = substituted_variable(source.url.reveal());
  if (const auto results = source.keys.find(std::string(results_url_option));
      variable.empty() && results != source.keys.end())
    variable = substituted_variable(results->second);
  if (!variable.empty())
    throw Error(ErrorKind::usage, "source '" + source.name + "' needs the environment variable " + variable)
        .with_hint("it is named in " + source.origin);
}

std::string name_of_url(const std::string& url) {
  std::string text;
  if (const std::optional<ConnectionUrl> parts = parse_connection_url(masked_url(url))) {
    const bool file = parts->scheme == "sqlite" || parts->scheme == "unix";
    text = file ? std::filesystem::path(parts->path).stem().string() : parts->hosts + parts->path;
    if (text.empty()) text = parts->scheme;
  } else if (const std::size_t scheme = url.find("://"); scheme != std::string::npos) {
    text = url.substr(0, scheme);  // where the password ends cannot be told
  } else {
    text = "database";  // a libpq keyword string
    for (const std::string_view key : {"dbname=", "service=", "host="}) {
      const std::size_t found = url.find(key);
      if (found == std::string::npos) continue;
      text = url.substr(found + key.size(), url.find(' ', found) - found - key.size());
      break;
    }
  }
  std::string name;
  for (const char c : text) {
    const bool plain =
        static_cast<unsigned char>(c) < 0x80 && (std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '.');
    if (plain)
      name += c;
    else if (!name.empty() && name.back() != '-')
      name += '-';
  }
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) name.pop_back();
  while (!name.empty() && !std::isalnum(static_cast<unsigned char>(name.front()))) name.erase(0, 1);
  return name.empty() ? "source" : name.substr(0, 64);
}

std::vector<Source> select_sources(const std::vector<std::string>& named, const Configuration& configuration,
                                   const Environment& environment, Notices& notices) {
  std::vector<Source> selected;
  for (const std::string& name : named) {
    add_named(name, "--source", configuration, {}, selected);
    warn_of_password(name, notices);
  }
  if (selected.empty()) {
    const std::string value = value_of(environment, "QUEUETRACE_SOURCE");
    for (const std::string& name : listed_sources(value, configuration))
      add_named(name, "QUEUETRACE_SOURCE", configuration, {}, selected);
  }
  if (selected.empty())
    for (const std::string& name : configuration.default_sources)
      add_named(name, "default", configuration, {}, selected);
  if (selected.empty() && configuration.sources.size() == 1) selected = configuration.sources;
  if (selected.empty() && configuration.sources.empty()) {
    add_variable("DATABASE_URL", environment, notices, selected);
    add_variable("REDIS_URL", environment, notices, selected);
    if (selected.empty()) add_libpq_variables(environment, selected);
  }
  return distinct(std::move(selected));
}

}  // namespace queuetrace
