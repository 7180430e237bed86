#include "backends/engines/redis/peek.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "backends/engines/redis/taken_range.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

/// Entries of one place looked at.
constexpr std::uint64_t most_peeked = 100 * largest_window;

/// What a state that waits for its time says, for PeekQueue::waiting.
std::string_view explanation_of(JobState state) {
  switch (state) {
    case JobState::retrying: return "failed and waits for its next attempt";
    case JobState::blocked: return "waits for other jobs";
    default: return "scheduled for later: taken once its time has come";
  }
}

}  // namespace

Peek::Peek(RedisKeyspace& keys, const PeekQuery& query)
    : keys_(keys), query_(query), context_{keys.deployment(), {}, query.payload} {}

PeekQueue& Peek::row_of(const Untrusted& queue) {
  for (PeekQueue& row : out_.queues)
    if (row.queue == queue) return row;
  out_.queues.emplace_back();
  out_.queues.back().queue = queue;
  return out_.queues.back();
}

void Peek::take(const OpenList& list, std::size_t wanted, PeekQueue& out) {
  const JobFilter anything;
  EntryReader reader(keys_, anything, context_, EntryReader::Depth::whole);
  const std::uint64_t most = std::min<std::uint64_t>({list.length, most_peeked});
  const std::size_t before = out.next.size();
  WindowSize fits(list.length, list.memory);
  for (std::uint64_t done = 0; done < most && out.next.size() - before < wanted;) {
    const std::uint64_t size = std::min({fits.most(), most - done, before + wanted - out.next.size()});
    const Window window =
        window_taken(list, keys_.connection().ask(range_taken(list, done, size), "read the next jobs"), done);
    for (MatchedEntry& found : reader.read(list, window, window.elements.size()).jobs)
      held_.hold(out.next.emplace_back(std::move(found.job)));
    fits.see(window.elements.size(), window.reply->bytes.size());
    if (window.elements.size() < size) break;
    done += size;
  }
}

std::vector<Peek::Queue> Peek::queues_of(const OpenLists& open) const {
  std::vector<Queue> queues;
  for (const OpenList& list : open.lists) {
    const Place& place = *list.place;
    if (place.role != PlaceRole::waiting || place.shared || !keys_.wants_queue(query_.queues, place, list.key))
      continue;
    const std::string_view name = queue_of(place, list.key);
    auto queue = std::ranges::find(queues, name, &Queue::name);
    if (queue == queues.end()) queue = queues.insert(queues.end(), {std::string(name), {}, 0});
    queue->lists.push_back(&list);
    queue->length += list.length;
  }
  return queues;
}

void Peek::peek_queue(const Queue& queue, std::size_t running) {
  PeekQueue out;
  out.queue = Untrusted(queue.name);
  const Place& place = *queue.lists.front()->place;
  if (const QueuePause* pause = pauses_.find(queue.name)) {
    out.pause = *pause;
    out.notes.push_back(pause_note(*pause) + ": nothing will be taken");
    if (query_.why)
      out.waiting.push_back({"paused", "the queue is paused; resuming it releases them", queue.length, false,
                             std::nullopt, std::nullopt});
  } else if (!place.consumed) {
    if (running > 0)
      out.notes.push_back(count_words(running, "job is", "jobs are") + " in workers' hands ahead of these");
    out.notes.emplace_back(keys_.system().explain.unconsumed_note);
    if (query_.why)
      out.waiting.push_back({"no-consumer", std::string(keys_.system().explain.unconsumed_remedy), queue.length, false,
                             std::nullopt, std::nullopt});
  } else {
    if (running > 0)
      out.notes.push_back(count_words(running, "job is", "jobs are") + " in workers' hands ahead of these");
    if (!place.names_queue && ahead_ > 0)
      out.notes.push_back("taken only while the queues before it are empty (" +
                          count_words(ahead_, "job waits", "jobs wait") + " there)");
    const std::size_t most = query_.count;
    for (const OpenList* list : queue.lists) take(*list, most - std::min(most, out.next.size()), out);
    if (!place.names_queue) ahead_ += queue.length;
  }
  out_.queues.push_back(std::move(out));
}

void Peek::explain_later(const OpenList& list) {
  struct Later {
    std::uint64_t count = 0;
    std::optional<Timestamp> earliest;
    Untrusted sample;
  };
  std::map<std::pair<Untrusted, JobState>, Later> found;
  const JobFilter anything;
  EntryReader reader(keys_, anything, context_, EntryReader::Depth::summary);
  WindowSize fits(list.length, list.memory);
  std::uint64_t read = 0;
  while (read < std::min(list.length, most_records_peeked) &&
         std::chrono::steady_clock::now() < query_.limits.deadline && !query_.limits.stop.stop_requested()) {
    const std::uint64_t size = fits.most();
    const Window window =
        window_taken(list, keys_.connection().ask(range_taken(list, read, size), "read what waits for its time"), read);
    for (const MatchedEntry& one : reader.read(list, window, window.elements.size()).jobs) {
      Later& later = found[{one.job.queue.value_or(Untrusted()), one.job.state}];
      if (later.count++ == 0) later.sample = one.job.ref.id;
      if (one.job.scheduled_at && (!later.earliest || *one.job.scheduled_at < *later.earliest))
        later.earliest = one.job.scheduled_at;
    }
    fits.see(window.elements.size(), window.reply->bytes.size());
    read += window.elements.size();
    if (window.elements.size() < size) break;
  }
  for (const auto& [key, later] : found) {
    const Untrusted& queue = key.first;
    const JobState state = key.second;
    if (!query_.queues.empty() &&
        std::ranges::none_of(query_.queues, [&](const std::string& glob) { return matches_glob(glob, queue.raw()); }))
      continue;
    std::vector<Waiting>& waiting = row_of(queue).waiting;
    const std::string reason(to_word(state));
    const auto same = std::ranges::find(waiting, reason, &Waiting::reason);
    if (same == waiting.end()) {
      waiting.push_back(
          {reason, std::string(explanation_of(state)), later.count, read < list.length, later.earliest, later.sample});
      continue;
    }
    // One queue may keep what waits in several containers.
    same->count = same->count.value_or(0) + later.count;
    same->capped = same->capped || read < list.length;
    if (later.earliest && (!same->earliest || *later.earliest < *same->earliest)) {
      same->earliest = later.earliest;
      same->sample = later.sample;
    }
  }
}

bool Peek::is_wanted(const std::string& queue) const {
  if (query_.queues.empty()) return true;
  for (const Place& place : keys_.deployment().places)
    if (!place.family && place.key == queue) return keys_.wants_queue(query_.queues, place, place.key);
  return std::ranges::any_of(query_.queues, [&](const std::string& glob) { return matches_glob(glob, queue); });
}

PeekResult Peek::run() {
  context_.now = keys_.server_time();
  std::vector<const Place*> places = keys_.places_of(PlaceRole::waiting);
  for (const Place* place : keys_.places_of(PlaceRole::running)) places.push_back(place);
  if (query_.why)
    for (const Place* place : keys_.places_of(PlaceRole::later)) places.push_back(place);
  const OpenLists open = keys_.open_lists(query_.limits, places);
  out_.warnings = open.warnings;
  if (!open.complete) out_.truncated = "not all keys were read: queues may be missing";
  if (query_.worker && keys_.system().explain.replay == nullptr)
    out_.warnings.push_back("workers of " + std::string(keys_.system().info.name) +
                            " take whatever is next: --worker changes nothing");
  const std::vector<Job> running = keys_.running_jobs(open, context_);
  const std::vector<Queue> queues = queues_of(open);
  std::vector<std::string> names;
  for (const Queue& queue : queues) names.push_back(queue.name);
  pauses_ = QueuePauses::read(keys_, names);
  for (const Queue& queue : queues) peek_queue(queue, running.size());
  for (const OpenList& list : open.lists)
    if (list.place->role == PlaceRole::waiting && list.place->shared) peek_shared(list);
  for (const OpenList& list : open.lists)
    if (list.place->role == PlaceRole::later && list.place->container == Container::sorted_set) explain_later(list);
  if (query_.why && keys_.system().explain.explain_waiting != nullptr) {
    std::set<Untrusted> looked_at;
    for (const PeekQueue& queue : out_.queues) looked_at.insert(queue.queue);
    keys_.system().explain.explain_waiting(keys_.connection(), keys_.deployment(), running, out_);
    // It knows of all queues.
    std::erase_if(out_.queues, [&](const PeekQueue& queue) {
      return !looked_at.contains(queue.queue) && !is_wanted(queue.queue.raw());
    });
  }
  return std::move(out_);
}

}  // namespace queuetrace
