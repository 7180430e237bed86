// The conditions of a JobFilter, each listed once: whoever prints, compares or answers a filter walks this list.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/job_filter.hpp"

namespace queuetrace {

/// The conditions whose values are plain texts.
enum class TextCondition {
  correlation,
  span,
  queue,
  kind,
  id,
  error,
  error_group,
  priority,
  worker,
  tenant,
  workflow,
  parent,
  batch
};

/// The flag that asks for it, without its dashes. `parent` and `batch` are asked for by the program alone.
std::string_view flag_of(TextCondition condition);

/// The word for --time-field.
std::string_view to_word(TimeField field);

/// Both times and what they are about. Asks nothing when both are absent.
struct TimeCondition {
  TimeField field = TimeField::created;
  std::optional<Timestamp> since;
  std::optional<Timestamp> until;
  bool empty() const { return !since && !until; }
};

/// Calls `visit` once for every condition, empty ones too, in the order filters are printed, the dearest to answer
/// last: `visit(std::vector<JobFilter>)`, `visit(std::vector<TraceQuery>)`,
/// `visit(TextCondition, std::vector<std::string>)`, `visit(std::vector<StateSelector>)`, `visit(TimeCondition)`,
/// `visit(std::vector<PayloadCondition>)`.
template <typename Visit>
void for_each_condition(const JobFilter& filter, Visit&& visit) {
  // All members by name: one that JobFilter has and this list has not does not compile.
  const auto& [traces, correlation_ids, span_ids, queues, states, kinds, ids, since, until, time_field, errors, where,
               priorities, workers, tenants, workflows, parents, batches, error_groups, any_of] = filter;
  visit(any_of);
  visit(traces);
  visit(TextCondition::correlation, correlation_ids);
  visit(TextCondition::span, span_ids);
  visit(TextCondition::queue, queues);
  visit(states);
  visit(TextCondition::kind, kinds);
  visit(TextCondition::id, ids);
  visit(TimeCondition{time_field, since, until});
  visit(TextCondition::error, errors);
  visit(TextCondition::error_group, error_groups);
  visit(TextCondition::priority, priorities);
  visit(TextCondition::worker, workers);
  visit(TextCondition::tenant, tenants);
  visit(TextCondition::workflow, workflows);
  visit(TextCondition::parent, parents);
  visit(TextCondition::batch, batches);
  visit(where);
}

/// One flag without its dashes and the value to give it; `exact` has none.
struct FilterText {
  std::string_view flag;
  std::string value;
};

/// The filter as the flags that ask for it: given back to make_filter() (commands/filter/options.hpp) they make the
/// same filter. A flag with several values stands there once for each, one after the other.
std::vector<FilterText> filter_texts(const JobFilter& filter);

/// 16 hex digits that differ where filters ask for different jobs, so that a cursor can tell whether it belongs to one.
/// The two times do not count: `--since 1h` is another moment on every call.
std::string filter_digest(const JobFilter& filter);

}  // namespace queuetrace
