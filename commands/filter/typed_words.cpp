#include "commands/filter/typed_words.hpp"

#include <fmt/format.h>

#include <utility>

namespace queuetrace {

std::vector<std::string> typed_words(const FilterOptions& options) {
  std::vector<std::string> words;
  const auto add = [&](const char* flag, const std::string& value) {
    if (!value.empty()) words.insert(words.end(), {flag, value});
  };
  for (const auto& [flag, values] :
       {std::pair("--trace-id", &options.trace_ids), std::pair("--correlation-id", &options.correlation_ids),
        std::pair("--span-id", &options.span_ids), std::pair("--id", &options.ids), std::pair("-q", &options.queues),
        std::pair("--state", &options.states), std::pair("--kind", &options.kinds),
        std::pair("--error", &options.errors), std::pair("--where", &options.where),
        std::pair("--priority", &options.priorities), std::pair("--worker", &options.workers),
        std::pair("--tenant", &options.tenants), std::pair("--workflow", &options.workflows)})
    for (const std::string& value : *values) add(flag, value);
  for (const auto& [flag, given] : {std::pair("--failed", options.failed), std::pair("--dead", options.dead),
                                    std::pair("--completed", options.completed), std::pair("--exact", options.exact)})
    if (given) words.emplace_back(flag);
  add("--since", options.since);
  add("--until", options.until);
  add("--time-field", options.time_field);
  if (options.last_hours) add("--last-hours", fmt::format("{}", *options.last_hours));
  if (options.older_than_days) add("--older-than-days", fmt::format("{}", *options.older_than_days));
  return words;
}

}  // namespace queuetrace
