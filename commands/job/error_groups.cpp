#include "commands/job/error_groups.hpp"

#include <algorithm>
#include <tuple>

#include "model/error_signature.hpp"

namespace queuetrace {
namespace {

/// Kinds named for one group, and queues counted: those with the most jobs are among them unless it has more queues.
constexpr std::size_t most_names = 20, most_queues = 100;
/// Bytes kept of a message.
constexpr std::size_t longest_message = 4'096;

void name(std::set<Untrusted>& names, const std::optional<Untrusted>& one, bool& more) {
  if (!one) return;
  if (names.size() < most_names)
    names.insert(*one);
  else if (!names.contains(*one))
    more = true;
}

Untrusted kept_of(const Untrusted& message) {
  return message.size() <= longest_message ? message : Untrusted(message.raw().substr(0, longest_message));
}

void count_queue(std::map<Untrusted, std::uint64_t>& queues, const std::optional<Untrusted>& queue, bool& more) {
  if (!queue) return;
  if (const auto found = queues.find(*queue); found != queues.end())
    ++found->second;
  else if (queues.size() < most_queues)
    queues.emplace(*queue, 1);
  else
    more = true;
}

/// The part of the window that `time` lies in, from 0; absent: it lies outside.
std::optional<std::size_t> part_of(const TrendWindow& window, Timestamp time) {
  if (time < window.since || time >= window.until) return std::nullopt;
  const auto whole = static_cast<double>((window.until - window.since).count());
  const auto passed = static_cast<double>((time - window.since).count());
  return std::min(trend_parts - 1, static_cast<std::size_t>(passed / whole * trend_parts));
}

/// When the error happened, as near as is known.
std::optional<Timestamp> seen(const Job& job) {
  for (const std::optional<Timestamp>& time : {job.finished_at, job.started_at, job.created_at})
    if (time && *time != infinite_future && *time != infinite_past) return time;
  return std::nullopt;
}

/// Whether `job` is a better example: one whose trace can be opened, then the one seen last.
bool is_better(const Job& job, const std::optional<Timestamp>& time, const ErrorGroups::Group& group) {
  const auto rank = [](const Job& one, const std::optional<Timestamp>& when) {
    return std::tuple(one.trace.status == TraceStatus::w3c, when.value_or(infinite_past));
  };
  if (rank(job, time) != rank(group.sample, group.sample_seen))
    return rank(job, time) > rank(group.sample, group.sample_seen);
  return std::tie(job.ref.source, job.ref.id) < std::tie(group.sample.ref.source, group.sample.ref.id);
}

}  // namespace

void ErrorGroups::add(Job&& job) {
  if (!job.error || job.error->empty()) {
    ++without_error_;
    return;
  }
  ++jobs_;
  Untrusted signature = error_signature(job.error->raw());
  auto found = groups_.find(signature);
  const bool is_new = found == groups_.end();
  if (is_new) {
    if (groups_.size() == most_groups) {
      ++other_jobs_;
      return;
    }
    found = groups_.emplace(signature, Group{}).first;
    found->second.facts.group = error_group(signature);
    found->second.facts.message = std::move(signature);
  }
  Group& group = found->second;
  ErrorGroup& facts = group.facts;
  const std::optional<Timestamp> time = seen(job);
  ++facts.count;
  if (time && (!facts.first_seen || *time < *facts.first_seen)) facts.first_seen = time;
  if (is_new || (time && (!facts.last_seen || *time > *facts.last_seen))) facts.last_error = kept_of(*job.error);
  if (time && (!facts.last_seen || *time > *facts.last_seen)) facts.last_seen = time;
  if (job.attempts && *job.attempts > 0) facts.attempts += static_cast<std::uint64_t>(*job.attempts);
  if (const auto part = time ? part_of(window_, *time) : std::nullopt) ++facts.trend[*part];
  count_queue(facts.queues, job.queue, facts.more);
  name(facts.kinds, job.kind, facts.more);
  facts.systems.insert(job.system);
  facts.sources.insert(job.ref.source);
  if (is_new || is_better(job, time, group)) {
    group.sample_seen = time;
    group.sample = std::move(job);
    group.sample.payload.reset();
    group.sample.result.reset();
    group.sample.extra.clear();
    group.sample.error = kept_of(*group.sample.error);
  }
}

std::vector<ErrorGroups::Group> ErrorGroups::take() {
  std::vector<Group> groups;
  groups.reserve(groups_.size());
  for (auto& [signature, group] : groups_) {
    group.facts.share = 100.0 * static_cast<double>(group.facts.count) / static_cast<double>(jobs_);
    groups.push_back(std::move(group));
  }
  groups_.clear();
  std::ranges::sort(groups, [](const Group& left, const Group& right) {
    if (left.facts.count != right.facts.count) return left.facts.count > right.facts.count;
    if (left.facts.last_seen != right.facts.last_seen) return left.facts.last_seen > right.facts.last_seen;
    return left.facts.message < right.facts.message;
  });
  return groups;
}

}  // namespace queuetrace
