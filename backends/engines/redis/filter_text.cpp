#include "backends/engines/redis/filter_text.hpp"

namespace queuetrace {

std::string text_of(const JobFilter& filter) {
  std::string text;
  const auto add = [&](char kind, const std::string& value) {
    text.push_back(kind);
    text.append(std::to_string(value.size())).push_back(':');
    text.append(value);
  };
  for (const TraceQuery& trace : filter.traces) add('t', trace.typed);
  for (const std::string& value : filter.correlation_ids) add('c', value);
  for (const std::string& value : filter.span_ids) add('s', value);
  for (const std::string& value : filter.queues) add('q', value);
  for (const StateSelector& value : filter.states)
    add('S', value.state ? std::string(to_word(*value.state)) : value.word);
  for (const std::string& value : filter.kinds) add('k', value);
  for (const std::string& value : filter.ids) add('i', value);
  if (filter.since) add('a', to_rfc3339(*filter.since));
  if (filter.until) add('b', to_rfc3339(*filter.until));
  add('f', std::to_string(static_cast<int>(filter.time_field)));
  for (const std::string& value : filter.errors) add('e', value);
  for (const PayloadCondition& value : filter.where) {
    for (const std::string& step : value.path) add('p', step);
    add('w', std::to_string(static_cast<int>(value.comparison)) + value.value);
  }
  for (const std::string& value : filter.priorities) add('r', value);
  for (const std::string& value : filter.workers) add('W', value);
  for (const std::string& value : filter.tenants) add('T', value);
  for (const std::string& value : filter.workflows) add('F', value);
  for (const std::string& value : filter.parents) add('P', value);
  for (const std::string& value : filter.batches) add('B', value);
  return text;
}

}  // namespace queuetrace
