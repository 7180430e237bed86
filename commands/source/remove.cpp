// `source remove`: takes a source out of the configuration; the store itself is not touched.
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

struct SourceRemoveOptions {
  std::string name;
};

constexpr Option<SourceRemoveOptions> options_of_remove[] = {
    {{.names = "NAME", .help = "Source of the configuration", .words = ValueWords::sources, .required = true},
     into<&SourceRemoveOptions::name>},
};

/// Where the source is named besides; empty: nowhere.
std::string further_use(const std::string& name, const Configuration& configuration) {
  const auto names = [&](const std::vector<std::string>& list) { return std::ranges::find(list, name) != list.end(); };
  if (names(configuration.default_sources)) return "default";
  for (const auto& [group, members] : configuration.groups)
    if (names(members)) return "[groups] " + group;
  return {};
}

/// done once it is out of the file, and `default` with it where there is no other source. Throws Error{not_found} for
/// an unknown name, refused while `default` or a group names it or it is not written as a table of its own.
ExitCode source_remove(const SourceRemoveOptions& options, Context& context) {
  std::vector<std::string> expected = names_of_sources(context.configuration);
  if (std::ranges::find(expected, options.name) == expected.end())
    throw Error(ErrorKind::not_found, "there is no source " + in_quotes(options.name) + " in the configuration")
        .with_hint(expected.empty() ? "there is none at all" : "known: " + joined(expected));
  std::erase(expected, options.name);
  const std::string use = further_use(options.name, context.configuration);
  const bool is_last = expected.empty() && use == "default";
  if (!use.empty() && !is_last)
    throw Error(ErrorKind::refused, "source " + in_quotes(options.name) + " is named by " + use)
        .with_hint(use == "default" ? "choose another one first: queuetrace source use NAME"
                                    : "take it out of the group first, in " + context.configuration.path.string());
  const auto by_hand = [&] {
    return Error(ErrorKind::refused, "source " + in_quotes(options.name) + " is not written as a table of its own")
        .with_hint("take it out by hand, in " + context.configuration.path.string());
  };
  const auto edit = [&](const std::string& text) {
    std::optional<std::string> without = without_source(text, options.name);
    if (!without) throw by_hand();
    return is_last ? without_default(*without) : *without;
  };
  change_sources(context, edit, [&](const Configuration& after) {
    if (names_of_sources(after) != expected) throw by_hand();
  });
  print_change({.outcome = "removed", .names = {options.name}}, context);
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"source remove">) {
  const auto options = std::make_shared<SourceRemoveOptions>();
  CommandForm form(options, source_remove);
  form.takes(*options, options_of_remove);
  return form;
}

}  // namespace queuetrace
