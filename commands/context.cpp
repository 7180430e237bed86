#include "commands/context.hpp"

#include "commands/report/source_ways.hpp"
#include "model/error.hpp"

namespace queuetrace {

const std::vector<Source>& Context::required_sources() const {
  if (!sources.empty()) return sources;
  std::vector<std::string> known;
  for (const Source& source : configuration.sources) known.push_back(source.name);
  if (known.empty())
    throw Error(ErrorKind::usage, "queuetrace knows no database or Redis to look into").with_ways(ways_to_a_source(""));
  throw Error(ErrorKind::usage, "no source to ask").with_ways(ways_to_choose(known));
}

}  // namespace queuetrace
