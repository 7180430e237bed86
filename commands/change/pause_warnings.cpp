#include "commands/change/pause_warnings.hpp"

#include "commands/change/queue_facts.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "model/count_words.hpp"
#include "model/error.hpp"

namespace queuetrace {

void add_pause_warnings(const Action& action, const WriteTarget& target, PlanCounts& counts, const Context& context) {
  constexpr std::size_t most_named = 10;
  if (counts.act == 0) return;
  std::vector<std::string> queues;
  if (action.kind == ActionKind::move)
    queues.push_back(action.queue);
  else if (action.kind == ActionKind::retry)
    for (const auto& [queue, share] : counts.queues.shares()) queues.push_back(queue.raw());
  std::vector<QueueStatistics> paused;
  try {
    paused = target.administration().paused_among(queues, context.limits);
  } catch (const Error& error) {
    counts.warnings.push_back("which queues are paused could not be read, and jobs of paused ones will not run: " +
                              one_line(error));
    return;
  }
  for (const QueueStatistics& one : paused) counts.paused_queues.push_back(one.queue);
  std::size_t named = 0;
  std::uint64_t others = 0;
  for (const QueueStatistics& one : paused) {
    const std::uint64_t jobs = action.kind == ActionKind::move ? counts.act : counts.queues.jobs_in(one.queue);
    if (named++ >= most_named) {
      others += jobs;
      continue;
    }
    counts.warnings.push_back("queue " + in_quotes(one.queue.raw()) + " is " +
                              pause_words(one.pause.value_or(QueuePause()), context.now()) + "; " +
                              count_words(jobs, "job") + " will not run until it is resumed");
  }
  if (others > 0) counts.warnings.push_back(count_words(others, "job") + " in further paused queues will not run yet");
}

}  // namespace queuetrace
