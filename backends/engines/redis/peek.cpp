#include "backends/engines/redis/peek.hpp"

#include <algorithm>
#include <map>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/walker.hpp"

namespace queuetrace {
namespace {

/// Entries of one place looked at.
constexpr std::uint64_t most_peeked = 100 * largest_window;
/// Of a shared place, where each entry costs its record.
constexpr std::uint64_t most_records_peeked = 10'000;
constexpr std::uint64_t records_at_once = 100;

/// Entries `first` and following, counted from the one workers take first.
RedisCommand range_taken(const OpenList& list, std::uint64_t first, std::uint64_t count) {
  const std::string from = std::to_string(first), to = std::to_string(first + count - 1);
  const Place& place = *list.place;
  if (place.container == Container::sorted_set)
    return {place.taken_first == TakenFirst::highest_score ? "ZREVRANGE" : "ZRANGE", list.key, from, to, "WITHSCORES"};
  if (place.newest == ListEnd::tail) return {"LRANGE", list.key, from, to};
  return {"LRANGE", list.key, std::to_string(-static_cast<std::int64_t>(first + count)),
          std::to_string(-static_cast<std::int64_t>(first) - 1)};
}

/// The answer in the order workers take.
Window window_taken(const OpenList& list, Reply answer, std::uint64_t first) {
  Window window;
  window.position = first;
  window.reply = std::make_shared<const Reply>(std::move(answer));
  const Reply& reply = *window.reply;
  const bool scored = list.place->container == Container::sorted_set;
  const bool from_tail = !scored && list.place->newest == ListEnd::head;
  const std::size_t count = reply.size() / (scored ? 2 : 1);
  for (std::size_t i = 0; i < count; ++i) {
    Element element;
    const auto rank = static_cast<std::int64_t>(first + i);
    element.index = from_tail ? static_cast<std::int64_t>(list.length) - 1 - rank : rank;
    element.raw = reply[scored ? 2 * i : from_tail ? count - 1 - i : i].text();
    if (scored) element.score = reply[2 * i + 1].text();
    window.elements.push_back(element);
  }
  return window;
}

std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

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
    : keys_(keys), query_(query), context_{keys.deployment(), {}, query.payload}, wanted_(query.count) {}

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
  for (std::uint64_t done = 0; done < most && out.next.size() - before < wanted;) {
    const std::uint64_t size = std::min({largest_window, most - done, before + wanted - out.next.size()});
    const Window window =
        window_taken(list, keys_.connection().ask(range_taken(list, done, size), "read the next jobs"), done);
    for (MatchedEntry& found : reader.read(list, window, window.elements.size()).jobs)
      out.next.push_back(std::move(found.job));
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
    out.notes.push_back(pause_note(*pause) + ": nothing will be taken");
    if (query_.why)
      out.waiting.push_back({"paused", "the queue is paused; resuming it releases them", queue.length, false,
                             std::nullopt, std::nullopt});
  } else if (!place.consumed) {
    if (running > 0) out.notes.push_back(counted(running, "job is", "jobs are") + " in workers' hands ahead of these");
    out.notes.emplace_back(keys_.system().explain.unconsumed_note);
    if (query_.why)
      out.waiting.push_back({"no-consumer", std::string(keys_.system().explain.unconsumed_remedy), queue.length, false,
                             std::nullopt, std::nullopt});
  } else {
    if (running > 0) out.notes.push_back(counted(running, "job is", "jobs are") + " in workers' hands ahead of these");
    if (!place.names_queue && ahead_ > 0)
      out.notes.push_back("taken only while the queues before it are empty (" +
                          counted(ahead_, "job waits", "jobs wait") + " there)");
    const std::size_t most = place.names_queue ? query_.count : wanted_;
    for (const OpenList* list : queue.lists) take(*list, most - std::min(most, out.next.size()), out);
    if (!place.names_queue) {
      wanted_ -= std::min<std::size_t>(wanted_, out.next.size());
      ahead_ += queue.length;
    }
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
  std::uint64_t read = 0;
  while (read < std::min(list.length, most_records_peeked) &&
         std::chrono::steady_clock::now() < query_.limits.deadline && !query_.limits.stop.stop_requested()) {
    const Window window = window_taken(
        list, keys_.connection().ask(range_taken(list, read, largest_window), "read what waits for its time"), read);
    for (const MatchedEntry& one : reader.read(list, window, window.elements.size()).jobs) {
      Later& later = found[{one.job.queue.value_or(Untrusted()), one.job.state}];
      if (later.count++ == 0) later.sample = one.job.ref.id;
      if (one.job.scheduled_at && (!later.earliest || *one.job.scheduled_at < *later.earliest))
        later.earliest = one.job.scheduled_at;
    }
    read += window.elements.size();
    if (window.elements.size() < largest_window) break;
  }
  for (const auto& [key, later] : found) {
    const auto& [queue, state] = key;
    if (!query_.queues.empty() &&
        std::ranges::none_of(query_.queues, [&](const std::string& glob) { return matches_glob(glob, queue.raw()); }))
      continue;
    row_of(queue).waiting.push_back({std::string(to_word(state)), std::string(explanation_of(state)), later.count,
                                     read < list.length, later.earliest, later.sample});
  }
}

void Peek::peek_shared(const OpenList& list) {
  const RedisSystem& system = keys_.system();
  const bool whole = keys_.wants_queue(query_.queues, *list.place, list.key);
  const JobFilter anything;
  const bool replay = system.explain.replay != nullptr && (query_.worker || query_.why);
  const auto queue_wanted = [&](const Job& job) {
    return whole || std::any_of(query_.queues.begin(), query_.queues.end(), [&](const std::string& glob) {
             return job.queue && matches_glob(glob, job.queue->raw());
           });
  };
  std::vector<std::vector<Reply>> replies;  // what the records point into
  std::vector<QueuedEntry> entries;
  std::uint64_t read = 0, found = 0;
  while (read < list.length && read < most_records_peeked &&
         std::chrono::steady_clock::now() < query_.limits.deadline && !query_.limits.stop.stop_requested()) {
    if (found >= query_.count && (!replay || read >= system.explain.replay_window)) break;
    const Window window = window_taken(
        list, keys_.connection().ask(range_taken(list, read, records_at_once), "read the next jobs"), read);
    std::vector<RedisCommand> commands;
    for (const Element& element : window.elements) {
      commands.push_back({"HMGET", keys_.record_key(*list.place, list.key, element.raw)});
      std::vector<std::string>& words = commands.back().arguments;
      words.insert(words.end(), system.read.summary_fields.begin(), system.read.summary_fields.end());
    }
    replies.push_back(keys_.connection().pipeline(commands));
    for (std::size_t i = 0; i < window.elements.size(); ++i) {
      const Element& element = window.elements[i];
      const Reply& reply = replies.back()[i];
      QueuedEntry entry{read + i, std::string(element.raw), std::string(element.score), JobHash(), {}};
      // Something else under a job's key is no job; any other error is one.
      if (error_word(reply.root()) != "WRONGTYPE") {
        require_success(reply.root(), "read the record of a job");
        entry.record = JobHash(reply, system.read.summary_fields);
      }
      if (entry.record.exists()) {
        Entry raw = entry_of(system, list, element);
        raw.record = entry.record;
        entry.job = keys_.decode(raw, context_);
        ++found;
      }
      entries.push_back(std::move(entry));
    }
    if (!whole) {
      found = 0;
      for (const QueuedEntry& entry : entries) found += entry.record.exists() && queue_wanted(entry.job);
    }
    read += window.elements.size();
    if (window.elements.size() < records_at_once) break;
  }

  std::vector<std::string> names;
  if (whole) names.push_back(list.key);
  for (const QueuedEntry& entry : entries)
    if (!whole && entry.record.exists() && queue_wanted(entry.job) &&
        std::find(names.begin(), names.end(), entry.job.queue->raw()) == names.end())
      names.push_back(entry.job.queue->raw());
  for (const std::string& name : names) {
    PeekQueue queue;
    queue.queue = Untrusted(name);
    std::optional<std::uint64_t> first;
    for (QueuedEntry& entry : entries) {
      entry.wanted = whole || (entry.record.exists() && entry.job.queue && entry.job.queue->raw() == name);
      if (entry.wanted && !first) first = entry.rank;
    }
    if (!whole && first.value_or(0) > 0)
      queue.notes.push_back(
          "all queues wait in one order: " + counted(*first, "other entry stands", "other entries stand") +
          " before the first of these");
    std::vector<std::size_t> taken;
    if (replay)
      taken =
          system.explain.replay(keys_.connection(), keys_.deployment(), query_, {entries, read, list.length}, queue);
    else
      for (std::size_t i = 0; i < entries.size(); ++i)
        if (entries[i].wanted && entries[i].record.exists()) taken.push_back(i);
    if (taken.size() > query_.count) taken.resize(query_.count);
    if (!query_.worker && !system.explain.shared_note.empty()) {
      queue.exact = false;
      queue.notes.emplace_back(system.explain.shared_note);
    }
    const auto gone = std::count_if(entries.begin(), entries.end(),
                                    [](const QueuedEntry& entry) { return entry.wanted && !entry.record.exists(); });
    if (gone > 0)
      queue.notes.push_back(counted(static_cast<std::uint64_t>(gone), "id", "ids") + " without a job left out");
    if (read < list.length && taken.size() < query_.count)
      queue.notes.push_back("looked at the first " + std::to_string(read) + " of " + std::to_string(list.length) +
                            " waiting jobs");
    // Only what is shown is read whole.
    Window shown;
    for (const std::size_t i : taken) {
      shown.elements.push_back({entries[i].id, static_cast<std::int64_t>(entries[i].rank), {}, entries[i].score});
      queue.next.push_back(entries[i].job);
    }
    EntryReader reader(keys_, anything, context_, EntryReader::Depth::whole);
    for (MatchedEntry& one : reader.read(list, shown, shown.elements.size()).jobs)
      queue.next[one.element] = std::move(one.job);
    out_.queues.push_back(std::move(queue));
  }
}

PeekResult Peek::run() {
  context_.now = keys_.server_time();
  std::vector<const Place*> places = keys_.places_of(PlaceRole::waiting);
  for (const Place* place : keys_.places_of(PlaceRole::running)) places.push_back(place);
  if (query_.why)
    for (const Place* place : keys_.places_of(PlaceRole::later)) places.push_back(place);
  const OpenLists open = keys_.open_lists(query_.limits, places);
  out_.warnings = open.warnings;
  if (!open.complete) out_.truncated = "not all keys were looked at: queues may be missing";
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
  if (query_.why && keys_.system().explain.explain_waiting != nullptr)
    keys_.system().explain.explain_waiting(keys_.connection(), keys_.deployment(), running, out_);
  return std::move(out_);
}

}  // namespace queuetrace
