#include "commands/queue/attention_order.hpp"

#include <algorithm>
#include <tuple>

#include "commands/report/outcomes.hpp"
#include "formatters/attention.hpp"
#include "formatters/statistics_record.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

std::int64_t oldest_of(const QueueRow& row) {
  const Value age = oldest_age(*row.queue, row.now);
  const auto* known = std::get_if<Milliseconds>(&age);
  return known == nullptr ? -1 : known->count();
}

std::uint64_t running_of(const QueueRow& row) { return sum_of_states(*row.queue, {JobState::running}).value; }
std::uint64_t stale_of(const QueueRow& row) { return row.queue->stale ? row.queue->stale->value : 0; }

/// Paused while jobs wait first.
bool holds_jobs(const QueueRow& row) { return row.queue->paused.value_or(false) && waiting_jobs(*row.queue).value > 0; }

template <class Most>
void sort_by(std::vector<QueueRow>& rows, const Most& most) {
  std::ranges::stable_sort(rows, [&](const QueueRow& left, const QueueRow& right) { return most(left) > most(right); });
}

}  // namespace

std::vector<QueueRow> sorted_queues(const CollectedStatistics& collected, const std::string& sort, bool worst_first) {
  std::vector<QueueRow> rows;
  for_each_queue(collected,
                 [&](const SourceOutcome& source, const std::optional<Timestamp>& now, const QueueStatistics& queue) {
                   rows.push_back({&source, now, &queue});
                 });
  if (!sort.empty() || worst_first)
    std::ranges::stable_sort(rows, [](const QueueRow& left, const QueueRow& right) {
      return std::tie(left.queue->queue, left.source->address) < std::tie(right.queue->queue, right.source->address);
    });
  if (sort == "oldest") sort_by(rows, oldest_of);
  if (sort == "waiting") sort_by(rows, [](const QueueRow& row) { return waiting_jobs(*row.queue).value; });
  if (sort == "running") sort_by(rows, running_of);
  if (sort == "failed") sort_by(rows, [](const QueueRow& row) { return failed_jobs(*row.queue).value; });
  if (sort == "stale") sort_by(rows, stale_of);
  if (sort.empty() && worst_first)
    sort_by(rows, [](const QueueRow& row) {
      return std::tuple(holds_jobs(row), oldest_of(row), failed_jobs(*row.queue).value);
    });
  return rows;
}

bool any_waits(const std::vector<QueueRow>& queues) {
  return std::ranges::any_of(queues, [](const QueueRow& row) { return waiting_jobs(*row.queue).value > 0; });
}

std::vector<Phrase> queue_summary(const std::vector<QueueRow>& queues, const std::vector<SourceOutcome>& outcomes,
                                  const std::string& rest) {
  if (queues.empty()) return {};
  std::uint64_t paused = 0, waiting = 0, running = 0, stale = 0, failed = 0;
  for (const QueueRow& row : queues) {
    paused += row.queue->paused.value_or(false) ? 1 : 0;
    waiting += waiting_jobs(*row.queue).value;
    running += running_of(row);
    stale += stale_of(row);
    failed += failed_jobs(*row.queue).value;
  }
  std::vector<Phrase> phrases{{count_words(queues.size(), "queue") + " in " + answered(outcomes) + ": "}};
  if (paused > 0) {
    phrases.push_back({grouped(paused) + " paused", yellow});
    phrases.push_back({", "});
  }
  // Beside times there is no room for a word that the columns say.
  phrases.push_back({(rest.empty() ? count_words(waiting, "job") : grouped(waiting)) +
                     (waiting == 1 ? " waits, " : " wait, ") + grouped(running) + (running == 1 ? " runs" : " run")});
  if (stale > 0) {
    phrases.push_back({" ("});
    phrases.push_back({grouped(stale) + " stale", yellow});
    phrases.push_back({")"});
  }
  phrases.push_back({", "});
  phrases.push_back({grouped(failed) + " failed", failed > 0 ? red : std::string_view()});
  if (!rest.empty()) phrases.push_back({rest});
  return phrases;
}

}  // namespace queuetrace
