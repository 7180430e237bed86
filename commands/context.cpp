#include "commands/context.hpp"

#include "commands/report/suggestion.hpp"
#include "model/error.hpp"

namespace queuetrace {

const std::vector<Source>& Context::required_sources() const {
  if (!sources.empty()) return sources;
  std::vector<std::string> known;
  for (const Source& source : configuration.sources) known.push_back(source.name);
  Error error(ErrorKind::usage, "no source to ask");
  if (known.empty())
    error.with_hint(
        "give --source URL (postgresql://host/database, redis://host:6379/0, sqlite:FILE), set DATABASE_URL or "
        "REDIS_URL, or keep it: queuetrace source add NAME URL; to try queuetrace without any: queuetrace demo");
  else
    error.with_hint("choose with --source, QUEUETRACE_SOURCE or `default` in the configuration: " + joined(known));
  throw error;
}

}  // namespace queuetrace
