// What workers take next from the waiting lists, in their order.
#include <algorithm>

#include "backends/kv/list_walker.hpp"
#include "backends/kv/redis_job_store.hpp"
#include "backends/redis/reply_error.hpp"

namespace queuetrace {
namespace {

/// The entries taken next: `count` from the end opposite to where jobs are added.
RedisCommand next_entries(const OpenList& list, std::uint64_t count) {
  const std::string number = std::to_string(count);
  return list.place->newest == ListEnd::head ? RedisCommand{"LRANGE", list.key, "-" + number, "-1"}
                                             : RedisCommand{"LRANGE", list.key, "0", std::to_string(count - 1)};
}

std::string counted(std::uint64_t count, const std::string& one, const std::string& many) {
  return std::to_string(count) + " " + (count == 1 ? one : many);
}

}  // namespace

PeekResult RedisJobStore::peek(const PeekQuery& query) {
  PeekResult result;
  const DecodeContext context{deployment_, server_time(), query.payload};
  std::vector<const Place*> places = places_of(PlaceRole::waiting);
  for (const Place* place : places_of(PlaceRole::running)) places.push_back(place);
  const OpenLists open = open_lists(query.limits, places);
  result.warnings = open.warnings;
  const std::vector<Job> running = running_jobs(open, context);

  std::uint64_t ahead = 0;
  std::size_t wanted = query.count;
  for (const OpenList& list : open.lists) {
    if (list.place->role != PlaceRole::waiting || !wants_queue(query.queues, *list.place, list.key)) continue;
    PeekQueue queue;
    queue.queue = Untrusted(list.key);
    if (!running.empty())
      queue.notes.push_back(counted(running.size(), "job is", "jobs are") + " in workers' hands ahead of these");
    if (list.place->consumed) {
      if (ahead > 0)
        queue.notes.push_back("taken only while the queues before it are empty (" +
                              counted(ahead, "job waits", "jobs wait") + " there)");
      const std::uint64_t count = std::min<std::uint64_t>({wanted, list.length, 100 * largest_window});
      std::uint64_t remaining = count;
      // In windows, from the end workers take from.
      for (std::uint64_t done = 0; remaining > 0;) {
        const std::uint64_t size = std::min(remaining, largest_window);
        RedisCommand command = next_entries(list, done + size);
        if (list.place->newest == ListEnd::head)
          command.arguments[3] = std::to_string(-static_cast<std::int64_t>(done) - 1);
        else
          command.arguments[2] = std::to_string(done);
        const Reply reply = connection_->ask(command, "read the next jobs");
        for (std::size_t i = 0; i < reply.size(); ++i) {
          const bool from_tail = list.place->newest == ListEnd::head;
          const std::size_t at = from_tail ? reply.size() - 1 - i : i;
          const auto place = static_cast<std::int64_t>(done + i);
          const std::int64_t index = from_tail ? static_cast<std::int64_t>(list.length) - 1 - place : place;
          queue.next.push_back(decode({*list.place, list.key, index, reply[at].text(), {}}, context));
        }
        if (reply.size() < size) break;
        done += size;
        remaining -= size;
      }
      wanted -= std::min<std::size_t>(wanted, queue.next.size());
      ahead += list.length;
    } else {
      queue.notes.push_back("no worker takes from this queue: it is not among the priorities");
      if (query.why)
        queue.waiting.push_back({"no-consumer", "the queue is configured but not among the priorities; add it there",
                                 list.length, false, std::nullopt, std::nullopt});
    }
    result.queues.push_back(std::move(queue));
  }
  if (query.why && system_.explain_waiting != nullptr)
    system_.explain_waiting(*connection_, deployment_, running, result);
  return result;
}

}  // namespace queuetrace
