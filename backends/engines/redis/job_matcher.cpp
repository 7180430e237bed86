#include "backends/engines/redis/job_matcher.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "model/job_reference.hpp"
#include "model/letter_case.hpp"
#include "tracing/trace_id.hpp"

namespace queuetrace {
namespace {

template <typename Wanted, typename Test>
bool any_or_none_asked(const std::vector<Wanted>& wanted, Test test) {
  return wanted.empty() || std::any_of(wanted.begin(), wanted.end(), test);
}

bool is_any(const std::vector<std::string>& wanted, const std::optional<Untrusted>& text) {
  return any_or_none_asked(wanted, [&](const std::string& one) { return text && text->raw() == one; });
}

bool is_any_glob(const std::vector<std::string>& globs, const std::optional<Untrusted>& text) {
  return any_or_none_asked(globs, [&](const std::string& glob) { return text && matches_glob(glob, text->raw()); });
}

bool matches_state(const StateSelector& selector, JobState state, std::string_view native) {
  if (selector.state) return *selector.state == state;
  return equal_ignoring_case(selector.word, native);
}

bool matches_id(const std::string& wanted, const std::string& id, bool by_queue) {
  return id == wanted || (wanted.size() >= 4 && id.starts_with(wanted)) || (by_queue && own_id(id) == wanted);
}

bool matches_priority(const std::string& wanted, const std::optional<Priority>& priority) {
  if (!priority) return false;
  if (const Untrusted* word = std::get_if<Untrusted>(&*priority)) return word->raw() == wanted;
  return std::to_string(std::get<std::int64_t>(*priority)) == wanted;
}

std::optional<Timestamp> time_of(const Job& job, TimeField field) {
  switch (field) {
    case TimeField::created: return job.created_at;
    case TimeField::scheduled: return job.scheduled_at;
    case TimeField::started: return job.started_at;
    case TimeField::finished: return job.finished_at;
  }
  return std::nullopt;
}

bool matches_times(const JobFilter& filter, const Job& job) {
  if (!filter.since && !filter.until) return true;
  const std::optional<Timestamp> time = time_of(job, filter.time_field);
  return time && (!filter.since || *time >= *filter.since) && (!filter.until || *time < *filter.until);
}

bool matches_trace(const std::vector<TraceQuery>& queries, const TraceContext& trace) {
  return any_or_none_asked(queries, [&](const TraceQuery& query) {
    return (trace.trace_id && !trace.trace_id->empty() && matches(query, trace.trace_id->raw())) ||
           std::any_of(trace.further_trace_ids.begin(), trace.further_trace_ids.end(),
                       [&](const Untrusted& id) { return matches(query, id.raw()); });
  });
}

/// The value at a path; nullptr when there is none. Numbers in the path are array indexes.
const nlohmann::json* value_at(const nlohmann::json& document, const std::vector<std::string>& path) {
  const nlohmann::json* value = &document;
  for (const std::string& step : path) {
    if (value->is_object()) {
      const auto found = value->find(step);
      if (found == value->end()) return nullptr;
      value = &*found;
    } else if (value->is_array()) {
      std::size_t index = 0;
      const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
      if (error != std::errc{} || end != step.data() + step.size() || index >= value->size()) return nullptr;
      value = &(*value)[index];
    } else {
      return nullptr;
    }
  }
  return value;
}

bool matches_where(const PayloadCondition& condition, const nlohmann::json& document) {
  const nlohmann::json* value = value_at(document, condition.path);
  if (value == nullptr) return condition.comparison == PayloadCondition::Comparison::not_equal;
  const std::string text = value->is_string() ? value->get<std::string>()
                                              : value->dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  switch (condition.comparison) {
    case PayloadCondition::Comparison::equal: return text == condition.value;
    case PayloadCondition::Comparison::not_equal: return text != condition.value;
    case PayloadCondition::Comparison::contains: return text.find(condition.value) != std::string::npos;
  }
  return false;
}

bool matches_payload(const std::vector<PayloadCondition>& conditions, const std::optional<Payload>& payload) {
  if (conditions.empty()) return true;
  if (!payload) return false;
  const nlohmann::json document = nlohmann::json::parse(payload->text.raw(), nullptr, false);
  if (document.is_discarded()) return false;
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](const PayloadCondition& condition) { return matches_where(condition, document); });
}

}  // namespace

bool may_match_state(const JobFilter& filter, JobStates states, std::string_view native) {
  return any_or_none_asked(filter.states, [&](const StateSelector& selector) {
    // A place without a word of its own leaves it to each job.
    if (!selector.state && native.empty()) return true;
    return std::ranges::any_of(all_job_states, [&](JobState state) {
      return states.contains(state) && matches_state(selector, state, native);
    });
  });
}

bool matches(const JobFilter& filter, const Job& job, const QueueAlias& alias, bool ids_by_queue) {
  const std::string native = job.native_state ? job.native_state->raw() : std::string();
  return any_or_none_asked(filter.states,
                           [&](const StateSelector& selector) { return matches_state(selector, job.state, native); }) &&
         any_or_none_asked(filter.ids,
                           [&](const std::string& id) { return matches_id(id, job.ref.id.raw(), ids_by_queue); }) &&
         matches_trace(filter.traces, job.trace) && is_any(filter.correlation_ids, job.trace.correlation_id) &&
         any_or_none_asked(filter.span_ids,
                           [&](const std::string& span) {
                             return (job.trace.span_id && job.trace.span_id->raw() == span) ||
                                    (job.trace.parent_span_id && job.trace.parent_span_id->raw() == span);
                           }) &&
         any_or_none_asked(filter.queues,
                           [&](const std::string& glob) {
                             return (job.queue && matches_glob(glob, job.queue->raw())) ||
                                    (alias && alias(glob, job.queue ? job.queue->raw() : std::string()));
                           }) &&
         is_any_glob(filter.kinds, job.kind) && matches_times(filter, job) &&
         any_or_none_asked(
             filter.errors,
             [&](const std::string& part) { return job.error && contains_ignoring_case(job.error->raw(), part); }) &&
         any_or_none_asked(filter.priorities,
                           [&](const std::string& wanted) { return matches_priority(wanted, job.priority); }) &&
         is_any_glob(filter.workers, job.worker) && is_any(filter.tenants, job.tenant) &&
         is_any(filter.workflows, job.workflow_id) && is_any(filter.batches, job.batch_id) &&
         any_or_none_asked(filter.parents,
                           [&](const std::string& parent) {
                             return (job.trace.causation_id && job.trace.causation_id->raw() == parent) ||
                                    std::any_of(job.parents.begin(), job.parents.end(),
                                                [&](const Untrusted& id) { return id.raw() == parent; });
                           }) &&
         matches_payload(filter.where, job.payload);
}

}  // namespace queuetrace
