#include "commands/filter/words.hpp"

#include <string_view>
#include <vector>

namespace queuetrace {
namespace {

void add(std::string& words, std::string_view name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  if (!words.empty()) words += ", ";
  words += name;
  for (std::size_t i = 0; i < values.size(); ++i) words += (i == 0 ? " " : " or ") + values[i];
}

std::string dotted(const std::vector<std::string>& path) {
  std::string text;
  for (const std::string& member : path) text += (text.empty() ? "" : ".") + member;
  return text;
}

std::string_view to_word(TimeField field) {
  switch (field) {
    case TimeField::created: return "created";
    case TimeField::scheduled: return "scheduled";
    case TimeField::started: return "started";
    case TimeField::finished: return "finished";
  }
  return "";
}

}  // namespace

std::string filter_words(const JobFilter& filter) {
  std::string words;
  std::vector<std::string> traces, states, conditions;
  for (const TraceQuery& trace : filter.traces) traces.push_back(trace.typed + (trace.prefix ? "*" : ""));
  for (const StateSelector& state : filter.states) states.push_back(state.word);
  for (const PayloadCondition& condition : filter.where) {
    using Comparison = PayloadCondition::Comparison;
    const std::string_view sign = condition.comparison == Comparison::equal       ? "="
                                  : condition.comparison == Comparison::not_equal ? "!="
                                                                                  : "~=";
    conditions.push_back(dotted(condition.path) + std::string(sign) + condition.value);
  }
  add(words, "trace-id", traces);
  add(words, "correlation-id", filter.correlation_ids);
  add(words, "span-id", filter.span_ids);
  add(words, "queue", filter.queues);
  add(words, "state", states);
  add(words, "kind", filter.kinds);
  add(words, "id", filter.ids);
  if (filter.since) add(words, std::string(to_word(filter.time_field)) + " since", {to_rfc3339(*filter.since)});
  if (filter.until) add(words, std::string(to_word(filter.time_field)) + " until", {to_rfc3339(*filter.until)});
  add(words, "error", filter.errors);
  add(words, "where", conditions);
  add(words, "priority", filter.priorities);
  add(words, "worker", filter.workers);
  add(words, "tenant", filter.tenants);
  add(words, "workflow", filter.workflows);
  add(words, "error-group", filter.error_groups);
  return words;
}

}  // namespace queuetrace
