#include "commands/job/error_groups.hpp"

#include <algorithm>
#include <tuple>

#include "model/error_signature.hpp"

namespace queuetrace {
namespace {

/// Queues and kinds named for one group.
constexpr std::size_t most_names = 20;
/// Bytes kept of a sample's message.
constexpr std::size_t longest_sample = 4'096;

void name(std::set<Untrusted>& names, const std::optional<Untrusted>& one, bool& more) {
  if (!one) return;
  if (names.size() < most_names)
    names.insert(*one);
  else if (!names.contains(*one))
    more = true;
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
  if (time && (!facts.last_seen || *time > *facts.last_seen)) facts.last_seen = time;
  if (job.attempts && *job.attempts > 0) facts.attempts += static_cast<std::uint64_t>(*job.attempts);
  name(facts.queues, job.queue, facts.more);
  name(facts.kinds, job.kind, facts.more);
  facts.systems.insert(job.system);
  facts.sources.insert(job.ref.source);
  if (is_new || is_better(job, time, group)) {
    group.sample_seen = time;
    group.sample = std::move(job);
    group.sample.payload.reset();
    group.sample.result.reset();
    group.sample.extra.clear();
    if (group.sample.error->size() > longest_sample)
      group.sample.error = Untrusted(group.sample.error->raw().substr(0, longest_sample));
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
