#include "backends/engines/redis/job_matcher.hpp"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>

#include "backends/engines/redis/bounded_json.hpp"
#include "model/canonical_json.hpp"
#include "model/filter_conditions.hpp"
#include "model/job_reference.hpp"
#include "model/json_slices.hpp"
#include "model/letter_case.hpp"
#include "model/payload_condition.hpp"
#include "tracing/trace_id.hpp"
#include "tracing/trace_number.hpp"

namespace queuetrace {
namespace {

bool is_text(const std::optional<Untrusted>& text, const std::string& wanted) { return text && text->raw() == wanted; }

bool is_like(const std::optional<Untrusted>& text, const std::string& glob) {
  return text && matches_glob(glob, text->raw());
}

bool matches_state(const StateSelector& selector, JobState state, std::string_view native) {
  if (selector.state) return *selector.state == state;
  return equal_ignoring_case(selector.word, native);
}

bool matches_id(const std::string& wanted, const std::string& id, bool by_queue) {
  if (by_queue) return means_reference(wanted, id);
  return id == wanted || (wanted.size() >= 4 && id.starts_with(wanted));
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
    case TimeField::ended: return job.finished_at ? job.finished_at : job.started_at ? job.started_at : job.created_at;
    case TimeField::due: return job.scheduled_at.value_or(infinite_past);
  }
  return std::nullopt;
}

bool names_trace(const TraceContext& trace, const TraceQuery& query) {
  return (trace.trace_id && !trace.trace_id->empty() && matches(query, trace.trace_id->raw())) ||
         std::any_of(trace.further_trace_ids.begin(), trace.further_trace_ids.end(),
                     [&](const Untrusted& id) { return matches(query, id.raw()); });
}

bool names_span(const TraceContext& trace, const std::string& span) {
  return std::ranges::any_of(span_spellings(span), [&](const std::string& spelling) {
    return is_text(trace.span_id, spelling) || is_text(trace.parent_span_id, spelling);
  });
}

bool names_parent(const Job& job, const std::string& parent) {
  return is_text(job.trace.causation_id, parent) ||
         std::any_of(job.parents.begin(), job.parents.end(), [&](const Untrusted& id) { return id.raw() == parent; });
}

/// The text of a JSON string.
std::optional<std::string> text_of(std::string_view quoted) {
  const nlohmann::json string = nlohmann::json::parse(quoted, nullptr, false);
  return string.is_string() ? std::optional(string.get<std::string>()) : std::nullopt;
}

/// The value of one step below `value`, as it is written; empty when there is none. Of members of one name the last
/// counts, as for JSON parsers. Numbers are array indexes.
std::string_view step_below(std::string_view value, const std::string& step) {
  std::string_view found;
  if (const auto members = json_members(value)) {
    for (const auto& [name, member] : *members)
      if (text_of(name) == step) found = member;
  } else if (const auto elements = json_elements(value)) {
    std::size_t index = 0;
    const auto [end, error] = std::from_chars(step.data(), step.data() + step.size(), index);
    if (error == std::errc{} && end == step.data() + step.size() && index < elements->size())
      found = (*elements)[index];
  }
  return found;
}

/// `document` must be valid JSON.
bool matches_where(const PayloadCondition& condition, std::string_view document) {
  const std::size_t begin = std::min(document.find_first_not_of(" \t\r\n"), document.size());
  std::string_view value = document.substr(begin);
  for (const std::string& step : condition.path)
    if (!value.empty()) value = step_below(value, step);
  if (const std::optional<std::string> whole = whole_value(condition))
    return (canonical_json(value) == whole) == (condition.comparison == PayloadCondition::Comparison::equal);
  if (value.empty() || value == "null") return condition.comparison == PayloadCondition::Comparison::not_equal;
  std::string text(value);
  if (value.starts_with('"'))
    text = text_of(value).value_or("");
  else if (value.starts_with('{') || value.starts_with('['))
    text = nlohmann::json::parse(value, nullptr, false).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
  switch (condition.comparison) {
    case PayloadCondition::Comparison::equal: return text == condition.value;
    case PayloadCondition::Comparison::not_equal: return text != condition.value;
    case PayloadCondition::Comparison::contains: return contains_ignoring_case(text, condition.value);
  }
  return false;
}

bool matches_payload(const std::vector<PayloadCondition>& conditions, const std::optional<Payload>& payload) {
  const bool is_text =
      payload && (payload->form == Payload::Form::json || payload->form == Payload::Form::text);  // as in captures
  if (!is_text) return false;
  const std::string& document = payload->text.raw();
  if (!is_json(document)) return false;
  return std::all_of(conditions.begin(), conditions.end(),
                     [&](const PayloadCondition& condition) { return matches_where(condition, document); });
}

/// Holds the conditions of a filter against one job; after the first that fails the rest is not looked at.
class Matcher {
 public:
  Matcher(const Job& job, const QueueAlias& alias, bool ids_by_queue)
      : job_(job), alias_(alias), ids_by_queue_(ids_by_queue) {}

  void operator()(const std::vector<JobFilter>& wanted) {
    any(wanted, [&](const JobFilter& one) { return matches(one, job_, alias_, ids_by_queue_); });
  }
  void operator()(const std::vector<TraceQuery>& wanted) {
    any(wanted, [&](const TraceQuery& query) { return names_trace(job_.trace, query); });
  }
  void operator()(TextCondition condition, const std::vector<std::string>& wanted) {
    any(wanted, [&](const std::string& text) { return holds(condition, text); });
  }
  void operator()(const std::vector<StateSelector>& wanted) {
    any(wanted, [&](const StateSelector& selector) {
      return matches_state(selector, job_.state, job_.native_state ? job_.native_state->raw() : std::string());
    });
  }
  void operator()(const TimeCondition& wanted) {
    if (!fits || wanted.empty()) return;
    const std::optional<Timestamp> time = time_of(job_, wanted.field);
    fits = time && (!wanted.since || *time >= *wanted.since) && (!wanted.until || *time < *wanted.until);
  }
  void operator()(const std::vector<PayloadCondition>& wanted) {
    if (fits && !wanted.empty()) fits = matches_payload(wanted, job_.payload);
  }

  bool fits = true;

 private:
  template <typename Wanted, typename Test>
  void any(const std::vector<Wanted>& wanted, const Test& test) {
    if (fits && !wanted.empty()) fits = std::any_of(wanted.begin(), wanted.end(), test);
  }

  bool holds(TextCondition condition, const std::string& wanted) const {
    switch (condition) {
      case TextCondition::correlation: return is_text(job_.trace.correlation_id, wanted);
      case TextCondition::span: return names_span(job_.trace, wanted);
      case TextCondition::queue:
        return is_like(job_.queue, wanted) ||
               (alias_ && alias_(wanted, job_.queue ? job_.queue->raw() : std::string()));
      case TextCondition::kind: return is_like(job_.kind, wanted);
      case TextCondition::id: return matches_id(wanted, job_.ref.id.raw(), ids_by_queue_);
      case TextCondition::error: return job_.error && contains_ignoring_case(job_.error->raw(), wanted);
      case TextCondition::error_group: return true;  // told from the messages by list_page()
      case TextCondition::priority: return matches_priority(wanted, job_.priority);
      case TextCondition::worker: return is_like(job_.worker, wanted);
      case TextCondition::tenant: return is_text(job_.tenant, wanted);
      case TextCondition::workflow: return is_text(job_.workflow_id, wanted);
      case TextCondition::parent: return names_parent(job_, wanted);
      case TextCondition::batch: return is_text(job_.batch_id, wanted);
    }
    return false;
  }

  const Job& job_;
  const QueueAlias& alias_;
  bool ids_by_queue_;
};

}  // namespace

bool may_match_state(const JobFilter& filter, JobStates states, std::string_view native) {
  return filter.states.empty() || std::ranges::any_of(filter.states, [&](const StateSelector& selector) {
           // A place without a word of its own leaves it to each job.
           if (!selector.state && native.empty()) return true;
           return std::ranges::any_of(all_job_states, [&](JobState state) {
             return states.contains(state) && matches_state(selector, state, native);
           });
         });
}

bool matches(const JobFilter& filter, const Job& job, const QueueAlias& alias, bool ids_by_queue) {
  Matcher matcher(job, alias, ids_by_queue);
  for_each_condition(filter, matcher);
  return matcher.fits;
}

}  // namespace queuetrace
