#include "commands/context.hpp"

#include "commands/report/suggestion.hpp"
#include "model/error.hpp"

namespace queuetrace {

const std::vector<Source>& Context::required_sources() const {
  if (!sources.empty()) return sources;
  std::vector<std::string> known;
  for (const Source& source : configuration.sources) known.push_back(source.name);
  if (known.empty())
    throw Error(ErrorKind::usage, "queuetrace knows no database or Redis to look into")
        .with_hint(
            "look once: queuetrace job list -s postgresql://host/db (or redis://host:6379); "
            "for good: queuetrace source add prod postgresql://reader@host/db; just try it: queuetrace demo");
  throw Error(ErrorKind::usage, "no source to ask")
      .with_hint("choose with --source, QUEUETRACE_SOURCE or `default` in the configuration: " + joined(known));
}

}  // namespace queuetrace
