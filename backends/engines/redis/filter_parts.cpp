#include "backends/engines/redis/filter_parts.hpp"

#include "model/job_reference.hpp"

namespace queuetrace {
namespace {

JobFilter without_ids(JobFilter filter) {
  return weakened(std::move(filter), [](JobFilter& one) { one.ids.clear(); });
}

/// Whether one of the ids may be one that stands in no entry.
bool asks_for_made_id(const JobFilter& filter, std::string_view made_ids) {
  const auto may_be_made = [&](const std::string& id) { return id.starts_with(made_ids) || made_ids.starts_with(id); };
  return !made_ids.empty() &&
         (std::ranges::any_of(filter.ids, may_be_made) ||
          std::ranges::any_of(filter.any_of, [&](const JobFilter& one) { return asks_for_made_id(one, made_ids); }));
}

/// The filter with ids as they stand in entries.
JobFilter with_own_ids(JobFilter filter, const RedisSystem& system) {
  if (!system.read.ids_by_queue) return filter;
  return weakened(std::move(filter), [](JobFilter& one) {
    for (std::string& id : one.ids) id = std::string(own_id(id));
    if (std::ranges::count(one.ids, std::string()) > 0) one.ids.clear();
  });
}

}  // namespace

JobFilter told_by_text(const JobFilter& filter, const RedisSystem& system) {
  if (!system.read.ids_in_text) return {};
  return asks_for_made_id(filter, system.read.made_ids) ? without_ids(filter) : with_own_ids(filter, system);
}

JobFilter told_by_record(JobFilter filter, const RedisSystem& system) {
  if (!system.read.ids_in_text) return {};
  filter.ids.clear();  // in the key
  return told_by_text(filter, system);
}

JobFilter told_by_carriers(const JobFilter& filter, const RedisSystem& system) {
  if (!system.read.ids_in_text || system.read.carriers.empty()) return {};
  JobFilter told;
  told.traces = filter.traces;
  told.span_ids = filter.span_ids;
  for (const JobFilter& one : with_own_ids(filter, system).any_of) {
    // No job of such a system has one.
    if (!one.correlation_ids.empty() && system.read.correlation == Lookup::unsupported) continue;
    JobFilter& part = told.any_of.emplace_back();
    part.traces = one.traces;
    part.span_ids = one.span_ids;
    if (part.empty() && !asks_for_made_id(one, system.read.made_ids)) part.ids = one.ids;
    if (!part.empty()) continue;
    told.any_of.clear();
    break;
  }
  return asks_for_traces(told) ? told : JobFilter();
}

JobFilter ids_alone(const JobFilter& filter, const RedisSystem& system) {
  JobFilter ids;
  if (system.read.ids_in_text && !asks_for_made_id(filter, system.read.made_ids)) ids.ids = filter.ids;
  return with_own_ids(std::move(ids), system);
}

bool asks_for_traces(const JobFilter& filter) {
  return !filter.traces.empty() || !filter.span_ids.empty() || std::ranges::any_of(filter.any_of, asks_for_traces);
}

bool asks_for_kinds(const JobFilter& filter) {
  return !filter.kinds.empty() || std::ranges::any_of(filter.any_of, asks_for_kinds);
}

JobFilter answered_by_records(JobFilter filter) {
  filter.states.clear();
  filter.errors.clear();
  filter.workers.clear();
  if (filter.time_field != TimeField::created) filter.since = filter.until = std::nullopt;
  return filter;
}

}  // namespace queuetrace
