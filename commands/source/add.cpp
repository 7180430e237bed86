// `source add`: describes a source in the configuration, once it answers.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <set>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/report/suggestion.hpp"
#include "commands/source/configuration_file.hpp"
#include "commands/source/configuration_text.hpp"
#include "commands/source/source_change.hpp"
#include "model/connection_url.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

struct SourceAddOptions {
  std::string name;
  std::string url;
  std::string system;
  std::string schema;
  std::string password_file;
  bool is_protected = false;
  bool read_only = false;
  bool use = false;
  bool store_password = false;
  bool no_check = false;
};

constexpr Option<SourceAddOptions> options_of_add[] = {
    {{.names = "NAME", .help = "What commands will call it", .required = true}, into<&SourceAddOptions::name>},
    {{.names = "URL",
      .help = "Where it is: postgresql://, redis:// or sqlite:; '${NAME}' takes it from the environment",
      .required = true},
     into<&SourceAddOptions::url>},
    {{.names = "--system",
      .value = "SYSTEM",
      .help = "Queue system, where it is not to be detected",
      .words = ValueWords::systems},
     into<&SourceAddOptions::system>},
    {{.names = "--schema", .value = "NAME", .help = "PostgreSQL schema of the tables"},
     into<&SourceAddOptions::schema>},
    {{.names = "--password-file",
      .value = "FILE",
      .help = "File that holds the password, readable by you alone",
      .words = ValueWords::files},
     into<&SourceAddOptions::password_file>},
    {{.names = "--protected", .help = "Ask for its name before every change"}, into<&SourceAddOptions::is_protected>},
    {{.names = "--read-only", .help = "Refuse every change"}, into<&SourceAddOptions::read_only>},
    {{.names = "--use", .help = "Ask it by default from now on"}, into<&SourceAddOptions::use>},
    {{.names = "--store-password", .help = "Write the password of the URL into the file, in clear"},
     into<&SourceAddOptions::store_password>},
    {{.names = "--no-check", .help = "Add it without connecting to it"}, into<&SourceAddOptions::no_check>},
};

/// The URL to keep: a file is named by its whole path, because the current folder will be another one.
std::string lasting_url(const std::string& typed) {
  const bool sqlite = typed.starts_with("sqlite:") && !typed.starts_with("sqlite://");
  const bool file = typed.find("://") == std::string::npos && typed.find('=') == std::string::npos &&
                    !typed.starts_with("$") && (typed.find('/') != std::string::npos || typed.ends_with(".db"));
  if (!sqlite && !file) return typed;
  return "sqlite:" + std::filesystem::absolute(sqlite ? typed.substr(7) : typed).string();
}

/// A password in a file is a choice of whoever owns it.
void refuse_password(const SourceAddOptions& options) {
  if (options.store_password || masked_url(options.url) == options.url) return;
  throw Error(ErrorKind::refused, "the URL holds a password, which would stand in the configuration in clear")
      .with_hint(
          "leave it out and give --password-file FILE, or use ~/.pgpass or '${NAME}'; --store-password writes it");
}

std::vector<std::pair<std::string, std::string>> values_of(const SourceAddOptions& options) {
  std::vector<std::pair<std::string, std::string>> values{{"url", toml_string(lasting_url(options.url))}};
  const auto add = [&](const char* key, const std::string& text) {
    if (!text.empty()) values.emplace_back(key, toml_string(text));
  };
  add("system", options.system);
  add("schema", options.schema);
  if (!options.password_file.empty()) add("password_file", std::filesystem::absolute(options.password_file).string());
  if (options.is_protected) values.emplace_back("protected", "true");
  if (options.read_only) values.emplace_back("read_only", "true");
  return values;
}

/// The systems found in it. Throws what opening it throws, with the way to add it all the same.
std::vector<std::string> systems_of(const Source& source, const Context& context) {
  const auto refused = [&](Error error) {
    error.while_doing("source '" + source.name + "' was not added; --no-check adds it as it is");
    return error;
  };
  try {
    std::set<std::string> systems;
    for (const OpenedSource& opened : context.open({context.file->ready(source, std::nullopt)})) {
      if (opened.error) throw *opened.error;
      for (const std::unique_ptr<JobStore>& store : opened.stores) systems.emplace(store->system().name);
    }
    return {systems.begin(), systems.end()};
  } catch (const Error& error) {
    throw refused(error);
  }
}

/// done once it is in the file. Throws Error{usage} for a name that is taken or a URL that is none, refused for a
/// password in it, and what keeps the source from answering; then the file is as it was.
ExitCode source_add(const SourceAddOptions& options, Context& context) {
  refuse_password(options);
  std::vector<std::string> expected = names_of_sources(context.configuration);
  if (std::ranges::find(expected, options.name) != expected.end())
    throw Error(ErrorKind::usage, "there is a source " + in_quotes(options.name) + " already")
        .with_hint("choose another name, or first: queuetrace source remove " + options.name);
  expected.push_back(options.name);
  SourceChange change{.outcome = options.use ? "added, used by default" : "added", .names = {options.name}};
  const auto edit = [&](const std::string& text) {
    const std::string added = with_source(text, options.name, values_of(options));
    return options.use ? with_default(added, toml_string(options.name)) : added;
  };
  change_sources(context, edit, [&](const Configuration& after) {
    if (names_of_sources(after) != expected)
      throw Error(ErrorKind::usage, "the file cannot be changed by rule").with_hint("add the source by hand");
    change.url = masked_url(after.sources.back().url.reveal());
    if (!options.no_check) change.systems = systems_of(after.sources.back(), context);
  });
  print_change(change, context);
  if (!options.use && expected.size() > 1 && context.configuration.default_sources.empty())
    context.notices.note("no source is used by default yet: queuetrace source use " + options.name);
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"source add">) {
  const auto options = std::make_shared<SourceAddOptions>();
  CommandForm form(options, source_add);
  form.takes(*options, options_of_add);
  return form;
}

}  // namespace queuetrace
