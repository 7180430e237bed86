#include "commands/change/plan_words.hpp"

#include "commands/change/json_line.hpp"
#include "commands/change/json_reader.hpp"

namespace queuetrace {
namespace {

Value set_or_nothing(bool flag) { return flag ? Value{true} : Value{}; }

void add(Fields& fields, const char* name, const std::vector<std::string>& values) {
  if (values.empty()) return;
  Values list;
  for (const std::string& value : values) list.emplace_back(Untrusted(value));
  fields.push_back({name, std::move(list)});
}

std::string condition_text(const PayloadCondition& condition) {
  using Comparison = PayloadCondition::Comparison;
  std::string text;
  for (const std::string& member : condition.path) {
    if (!text.empty()) text += '.';
    for (const char c : member) text += c == '.' || c == '\\' ? std::string("\\") + c : std::string(1, c);
  }
  text += condition.comparison == Comparison::equal ? "=" : condition.comparison == Comparison::not_equal ? "!=" : "~";
  return text + condition.value;
}

constexpr std::string_view time_fields[] = {"created", "scheduled", "started", "finished"};

}  // namespace

Fields action_fields(const Action& action) {
  return {{"kind", std::string(to_word(action.kind))},
          {"reset_attempts", action.reset_attempts ? Value{*action.reset_attempts} : Value{}},
          {"front", set_or_nothing(action.front)},
          {"force", set_or_nothing(action.force)},
          {"keep_dependents", set_or_nothing(action.keep_dependents)},
          {"queue", text_or_nothing(action.queue)},
          {"message", text_or_nothing(action.message)}};
}

std::optional<Action> action_of(const JsonObject& object) {
  const std::optional<ActionKind> kind = action_kind_from_word(object.text("kind"));
  if (!kind) return std::nullopt;
  Action action;
  action.kind = *kind;
  if (object.has("reset_attempts")) action.reset_attempts = object.flag("reset_attempts");
  action.front = object.flag("front");
  action.force = object.flag("force");
  action.keep_dependents = object.flag("keep_dependents");
  action.queue = object.text("queue");
  action.message = object.text("message");
  if (action.kind == ActionKind::move && action.queue.empty()) return std::nullopt;
  return action;
}

Fields filter_fields(const JobFilter& filter) {
  Fields fields;
  std::vector<std::string> traces, states, conditions;
  for (const TraceQuery& trace : filter.traces) traces.push_back(trace.typed + (trace.prefix ? "*" : ""));
  for (const StateSelector& state : filter.states) states.push_back(state.word);
  for (const PayloadCondition& condition : filter.where) conditions.push_back(condition_text(condition));
  add(fields, "trace-id", traces);
  add(fields, "correlation-id", filter.correlation_ids);
  add(fields, "span-id", filter.span_ids);
  add(fields, "queue", filter.queues);
  add(fields, "state", states);
  add(fields, "kind", filter.kinds);
  add(fields, "id", filter.ids);
  if (filter.since) fields.push_back({"since", *filter.since});
  if (filter.until) fields.push_back({"until", *filter.until});
  if (filter.since || filter.until)
    fields.push_back({"time-field", std::string(time_fields[static_cast<std::size_t>(filter.time_field)])});
  add(fields, "error", filter.errors);
  add(fields, "error-group", filter.error_groups);
  add(fields, "where", conditions);
  add(fields, "priority", filter.priorities);
  add(fields, "worker", filter.workers);
  add(fields, "tenant", filter.tenants);
  add(fields, "workflow", filter.workflows);
  return fields;
}

}  // namespace queuetrace
