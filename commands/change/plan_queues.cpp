#include "commands/change/plan_queues.hpp"

#include <algorithm>
#include <functional>

#include "model/error_signature.hpp"

namespace queuetrace {

std::optional<std::pair<Untrusted, std::uint64_t>> QueueShare::usual_error() const {
  const auto most = std::ranges::max_element(errors, {}, &std::pair<const Untrusted, std::uint64_t>::second);
  if (most == errors.end()) return std::nullopt;
  return *most;
}

QueueShare* PlanQueues::share_of(const std::optional<Untrusted>& queue) {
  if (!queue || (shares_.size() >= most_queues && !shares_.contains(*queue))) return nullptr;
  return &shares_[*queue];
}

void PlanQueues::add(const Job& job) {
  QueueShare* share = share_of(job.queue);
  if (share == nullptr) return;
  ++share->jobs;
  if (job.finished_at && (!share->first_end || *job.finished_at < *share->first_end))
    share->first_end = job.finished_at;
  if (job.finished_at && (!share->last_end || *job.finished_at > *share->last_end)) share->last_end = job.finished_at;
  if (++looked_at_ > most_looked_at) {
    if (errors_ > 0)
      for (auto& [queue, other] : shares_) other.errors.clear();
    errors_ = 0;
    return;
  }
  if (!job.error || job.error->empty()) return;
  const Untrusted signature = error_signature(job.error->raw());
  if (errors_ >= most_errors && !share->errors.contains(signature)) return;
  if (++share->errors[signature] == 1) ++errors_;
}

void PlanQueues::add(const std::optional<Untrusted>& queue, std::uint64_t jobs) {
  if (QueueShare* share = share_of(queue)) share->jobs += jobs;
}

std::uint64_t PlanQueues::jobs_in(const Untrusted& queue) const {
  const auto share = shares_.find(queue);
  return share == shares_.end() ? 0 : share->second.jobs;
}

std::vector<std::pair<Untrusted, QueueShare>> PlanQueues::largest_first() const {
  std::vector<std::pair<Untrusted, QueueShare>> queues(shares_.begin(), shares_.end());
  std::ranges::stable_sort(queues, std::ranges::greater(), [](const auto& one) { return one.second.jobs; });
  return queues;
}

}  // namespace queuetrace
