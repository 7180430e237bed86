// `source list`: the sources there are to ask, without asking them.
#include <algorithm>

#include "commands/command.hpp"
#include "commands/context.hpp"
#include "formatters/source_record.hpp"

namespace queuetrace {
namespace {

/// Without --source: whether it is asked, and which groups name it.
SourceUse use_of(const Source& source, const Context& context) {
  SourceUse use;
  use.is_default = std::ranges::any_of(context.sources, [&](const Source& selected) {
    return selected.name == source.name && selected.origin == source.origin && source.origin != "--source";
  });
  for (const auto& [group, members] : context.configuration.groups)
    if (std::ranges::find(members, source.name) != members.end()) use.groups.push_back(group);
  return use;
}

/// One record a source: all that are configured, then those that were named otherwise. Passwords masked.
ExitCode source_list(Context& context) {
  std::vector<Source> sources = context.configuration.sources;
  for (const Source& selected : context.sources) {
    const auto same = [&](const Source& known) {
      return known.name == selected.name && known.origin == selected.origin;
    };
    if (std::none_of(sources.begin(), sources.end(), same)) sources.push_back(selected);
  }
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin(
      {"queuetrace.sources/1", "sources", source_columns(), Heading::Layout::list, "name", &source_table()});
  for (const Source& source : sources) formatter->row(source_record(source, use_of(source, context)));
  formatter->end({});
  if (sources.empty())
    context.notices.note("no sources: queuetrace source add NAME URL, or give --source, DATABASE_URL or REDIS_URL");
  return ExitCode::done;
}

}  // namespace

CommandForm form(At<"source list">) { return CommandForm(source_list); }

}  // namespace queuetrace
