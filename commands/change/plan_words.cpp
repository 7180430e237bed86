#include "commands/change/plan_words.hpp"

#include "commands/change/json_line.hpp"
#include "commands/change/json_reader.hpp"

namespace queuetrace {
namespace {

Value set_or_nothing(bool flag) { return flag ? Value{true} : Value{}; }

}  // namespace

Fields action_fields(const Action& action) {
  return {{"kind", std::string(to_word(action.kind))},
          {"reset_attempts", action.reset_attempts ? Value{*action.reset_attempts} : Value{}},
          {"front", set_or_nothing(action.front)},
          {"force", set_or_nothing(action.force)},
          {"keep_dependents", set_or_nothing(action.keep_dependents)},
          {"queue", data_or_nothing(action.queue)},
          {"message", data_or_nothing(action.message)}};
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

}  // namespace queuetrace
