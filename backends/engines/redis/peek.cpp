// What workers take next from the waiting places, in their order.
#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/entry_reader.hpp"
#include "backends/engines/redis/job_store.hpp"

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

}  // namespace

void RedisJobStore::peek_one(const OpenList& list, const PeekQuery&, const DecodeContext& context, std::size_t wanted,
                             PeekQueue& queue) {
  const JobFilter anything;
  EntryReader reader(*this, anything, context, EntryReader::Depth::whole);
  const std::uint64_t most = std::min<std::uint64_t>({list.length, most_peeked});
  for (std::uint64_t done = 0; done < most && queue.next.size() < wanted;) {
    const std::uint64_t size = std::min({largest_window, most - done, wanted - queue.next.size()});
    const Window window =
        window_taken(list, connection_->ask(range_taken(list, done, size), "read the next jobs"), done);
    for (MatchedEntry& found : reader.read(list, window, window.elements.size()).jobs)
      queue.next.push_back(std::move(found.job));
    if (window.elements.size() < size) break;
    done += size;
  }
}

void RedisJobStore::peek_shared(const OpenList& list, const PeekQuery& query, const DecodeContext& context,
                                PeekResult& result) {
  const bool whole = wants_queue(query.queues, *list.place, list.key);
  const JobFilter anything;
  const bool replay = system_.explain.replay != nullptr && (query.worker || query.why);
  const auto queue_wanted = [&](const Job& job) {
    return whole || std::any_of(query.queues.begin(), query.queues.end(), [&](const std::string& glob) {
             return job.queue && matches_glob(glob, job.queue->raw());
           });
  };
  std::vector<std::vector<Reply>> replies;  // what the records point into
  std::vector<QueuedEntry> entries;
  std::uint64_t read = 0, found = 0;
  while (read < list.length && read < most_records_peeked && std::chrono::steady_clock::now() < query.limits.deadline &&
         !query.limits.stop.stop_requested()) {
    if (found >= query.count && (!replay || read >= system_.explain.replay_window)) break;
    const Window window =
        window_taken(list, connection_->ask(range_taken(list, read, records_at_once), "read the next jobs"), read);
    std::vector<RedisCommand> commands;
    for (const Element& element : window.elements) {
      commands.push_back({"HMGET", system_.read.record_key(*list.place, list.key, element.raw)});
      std::vector<std::string>& words = commands.back().arguments;
      words.insert(words.end(), system_.read.summary_fields.begin(), system_.read.summary_fields.end());
    }
    replies.push_back(connection_->pipeline(commands));
    for (std::size_t i = 0; i < window.elements.size(); ++i) {
      const Element& element = window.elements[i];
      const Reply& reply = replies.back()[i];
      QueuedEntry entry{read + i, std::string(element.raw), std::string(element.score), JobHash(), {}};
      // Something else under a job's key is no job; any other error is one.
      if (error_word(reply.root()) != "WRONGTYPE") {
        require_success(reply.root(), "read the record of a job");
        entry.record = JobHash(reply, system_.read.summary_fields);
      }
      if (entry.record.exists()) {
        Entry raw{*list.place, list.key, element.index, element.raw};
        raw.record = entry.record;
        entry.job = decode(raw, context);
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
      taken = system_.explain.replay(*connection_, deployment_, query, {entries, read, list.length}, queue);
    else
      for (std::size_t i = 0; i < entries.size(); ++i)
        if (entries[i].wanted && entries[i].record.exists()) taken.push_back(i);
    if (taken.size() > query.count) taken.resize(query.count);
    if (!query.worker && !system_.explain.shared_note.empty()) {
      queue.exact = false;
      queue.notes.emplace_back(system_.explain.shared_note);
    }
    const auto gone = std::count_if(entries.begin(), entries.end(),
                                    [](const QueuedEntry& entry) { return entry.wanted && !entry.record.exists(); });
    if (gone > 0)
      queue.notes.push_back(counted(static_cast<std::uint64_t>(gone), "id", "ids") + " without a job left out");
    if (read < list.length && taken.size() < query.count)
      queue.notes.push_back("looked at the first " + std::to_string(read) + " of " + std::to_string(list.length) +
                            " waiting jobs");
    // Only what is shown is read whole.
    Window shown;
    for (const std::size_t i : taken) {
      shown.elements.push_back({entries[i].id, static_cast<std::int64_t>(entries[i].rank), {}, entries[i].score});
      queue.next.push_back(entries[i].job);
    }
    EntryReader reader(*this, anything, context, EntryReader::Depth::whole);
    for (MatchedEntry& one : reader.read(list, shown, shown.elements.size()).jobs)
      queue.next[one.element] = std::move(one.job);
    result.queues.push_back(std::move(queue));
  }
}

PeekResult RedisJobStore::peek(const PeekQuery& query) {
  PeekResult result;
  const DecodeContext context{deployment_, server_time(), query.payload};
  std::vector<const Place*> places = places_of(PlaceRole::waiting);
  for (const Place* place : places_of(PlaceRole::running)) places.push_back(place);
  const OpenLists open = open_lists(query.limits, places);
  result.warnings = open.warnings;
  if (query.worker && system_.explain.replay == nullptr)
    result.warnings.push_back("workers of " + std::string(system_.info.name) +
                              " take whatever is next: --worker changes nothing");
  const std::vector<Job> running = running_jobs(open, context);

  std::uint64_t ahead = 0;
  std::size_t wanted = query.count;
  for (const OpenList& list : open.lists) {
    if (list.place->role != PlaceRole::waiting) continue;
    if (list.place->shared) {
      peek_shared(list, query, context, result);
      continue;
    }
    if (!wants_queue(query.queues, *list.place, list.key)) continue;
    PeekQueue queue;
    queue.queue = Untrusted(list.key);
    if (!running.empty())
      queue.notes.push_back(counted(running.size(), "job is", "jobs are") + " in workers' hands ahead of these");
    if (list.place->consumed) {
      if (ahead > 0)
        queue.notes.push_back("taken only while the queues before it are empty (" +
                              counted(ahead, "job waits", "jobs wait") + " there)");
      peek_one(list, query, context, wanted, queue);
      wanted -= std::min<std::size_t>(wanted, queue.next.size());
      ahead += list.length;
    } else {
      queue.notes.emplace_back(system_.explain.unconsumed_note);
      if (query.why)
        queue.waiting.push_back({"no-consumer", std::string(system_.explain.unconsumed_remedy), list.length, false,
                                 std::nullopt, std::nullopt});
    }
    result.queues.push_back(std::move(queue));
  }
  if (query.why && system_.explain.explain_waiting != nullptr)
    system_.explain.explain_waiting(*connection_, deployment_, running, result);
  return result;
}

}  // namespace queuetrace
