// What workers take of a place that several queues share in one order.
#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/peek.hpp"
#include "backends/engines/redis/taken_range.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

constexpr std::uint64_t records_at_once = 100;

}  // namespace

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
          "all queues wait in one order: " + count_words(*first, "other entry stands", "other entries stand") +
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
      queue.notes.push_back(count_words(static_cast<std::uint64_t>(gone), "id", "ids") + " without a job left out");
    if (read < list.length && taken.size() < query_.count)
      queue.notes.push_back("read the first " + grouped(read) + " of " + count_words(list.length, "waiting job"));
    // Only what is shown is read whole.
    Window shown;
    for (const std::size_t i : taken) {
      shown.elements.push_back({entries[i].id, static_cast<std::int64_t>(entries[i].rank), {}, entries[i].score});
      queue.next.push_back(entries[i].job);
    }
    EntryReader reader(keys_, anything, context_, EntryReader::Depth::whole);
    for (MatchedEntry& one : reader.read(list, shown, shown.elements.size()).jobs) {
      held_.hold(one.job);
      queue.next[one.element] = std::move(one.job);
    }
    out_.queues.push_back(std::move(queue));
  }
}

}  // namespace queuetrace
