// Actions and filters as data, for plans, backups and the audit.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "model/job_filter.hpp"
#include "model/plan.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// `{"kind":"retry","reset_attempts":true,...}` without what is as usual.
Fields action_fields(const Action& action);
/// Absent when the value is no action.
std::optional<Action> action_of(const nlohmann::json& value);

/// What the filter asks, by the names of its flags.
Fields filter_fields(const JobFilter& filter);

}  // namespace queuetrace
