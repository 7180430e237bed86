#include "commands/report/source_ways.hpp"

#include "commands/report/shell_word.hpp"
#include "commands/report/suggestion.hpp"

namespace queuetrace {

std::vector<Way> ways_to_a_source(const std::string& typed) {
  const std::string name = typed.empty() || shell_word(typed) != typed ? "prod" : typed;
  return {{"look once", "queuetrace job list -s postgresql://host/db", "redis://host:6379"},
          {"for good", "queuetrace source add " + name + " postgresql://reader@host/db"},
          {"just try it", "queuetrace demo"}};
}

std::vector<Way> ways_to_choose(const std::vector<std::string>& known) {
  const std::string first = shell_word(known.front());
  return {{"look once", "queuetrace job list -s " + first, joined(known)},
          {"in this shell", "export QUEUETRACE_SOURCE=" + first},
          {"for good", "queuetrace source use " + first}};
}

}  // namespace queuetrace
