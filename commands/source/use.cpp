// `source use`: which sources are asked when none is named.
#include <algorithm>
#include <memory>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/report/suggestion.hpp"
#include "commands/source/configuration_text.hpp"
#include "commands/source/source_change.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

struct SourceUseOptions {
  std::vector<std::string> names;
};

constexpr Option<SourceUseOptions> options_of_use[] = {
    {{.names = "NAME", .help = "Source or group of the configuration", .words = ValueWords::sources, .required = true},
     into<&SourceUseOptions::names>},
};

/// done once `default` names them. Throws Error{usage} for a name that the configuration does not have.
ExitCode source_use(const SourceUseOptions& options, Context& context) {
  std::vector<std::string> known = names_of_sources(context.configuration);
  for (const auto& [group, members] : context.configuration.groups) known.push_back(group);
  for (const std::string& name : options.names)
    if (std::ranges::find(known, name) == known.end())
      throw Error(ErrorKind::usage, "there is no source or group " + in_quotes(name) + " in the configuration")
          .with_hint(known.empty() ? "add it first: queuetrace source add NAME URL" : "known: " + joined(known));
  const auto edit = [&](const std::string& text) {
    std::string list;
    for (const std::string& name : options.names) list += (list.empty() ? "" : ", ") + toml_string(name);
    return with_default(text, options.names.size() == 1 ? list : "[" + list + "]");
  };
  change_sources(context, edit, [&](const Configuration& after) {
    if (after.default_sources != options.names)
      throw Error(ErrorKind::usage, "the file cannot be changed by rule").with_hint("change `default` by hand");
  });
  print_change({.outcome = "used by default", .names = options.names}, context);
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"source use">) {
  const auto options = std::make_shared<SourceUseOptions>();
  CommandForm form(options, source_use);
  form.takes(*options, options_of_use);
  return form;
}

}  // namespace queuetrace
