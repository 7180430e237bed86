// Actions as data, for plans, backups and the audit.
#pragma once

#include <optional>

#include "commands/change/json_reader.hpp"
#include "model/plan.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// `{"kind":"retry","reset_attempts":true,...}` without what is as usual.
Fields action_fields(const Action& action);
/// Absent when the object is not an action.
std::optional<Action> action_of(const JsonObject& object);

}  // namespace queuetrace
