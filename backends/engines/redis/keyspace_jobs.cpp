// From entries to jobs, and the jobs that run.
#include <algorithm>
#include <set>
#include <thread>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/job_tally.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/keyspace.hpp"
#include "backends/engines/redis/locator.hpp"
#include "backends/engines/redis/walker.hpp"
#include "model/fingerprint.hpp"
#include "model/job_reference.hpp"
#include "model/plausible_time.hpp"

namespace queuetrace {
namespace {

/// A hand-over in several commands looks like an abandoned job for a moment: look twice, this far apart.
constexpr std::chrono::milliseconds second_look{25};
constexpr int most_looks = 4;

/// The id that an element of a place of ids means.
std::string_view id_in(const RedisSystem& system, const Place& place, std::string_view element) {
  return system.read.id_in == nullptr ? element : system.read.id_in(place, element);
}

}  // namespace

std::uint64_t read_at_most(const OpenList& list) {
  if (list.memory == 0 || list.length == 0) return largest_window;
  return std::clamp<std::uint64_t>(4 * window_bytes / std::max<std::uint64_t>(1, list.memory / list.length), 1,
                                   largest_window);
}

std::string RedisKeyspace::record_key(const Place& place, std::string_view key, std::string_view element) const {
  if (place.holds != Holds::ids || system_.read.record.empty()) return {};
  return fill_key(system_.read.record,
                  {.prefix = deployment_.prefix, .queue = queue_of(place, key), .id = id_in(system_, place, element)});
}

Job RedisKeyspace::decode(const Entry& entry, const DecodeContext& context) const {
  Job job = system_.read.decode(entry, context);
  job.system = system_.info.name;
  job.spans = system_.info.spans;
  job.ref.source = address_;
  doubt_times(job);
  if (!job.queue && !entry.queue.empty()) job.queue = Untrusted(std::string(entry.queue));
  if (!job.native_state && !entry.place.native.empty()) job.native_state = Untrusted(std::string(entry.place.native));
  job.extra.push_back({"key", Untrusted(std::string(entry.key))});
  if (entry.place.container == Container::list) job.extra.push_back({"index", entry.index});
  if (!entry.score.empty()) job.extra.push_back({"score", Untrusted(std::string(entry.score))});
  if (entry.record.whole())
    job.extra.push_back({"size", static_cast<std::int64_t>(entry.record.bytes().size())});
  else if (entry.text)
    job.extra.push_back({"size", static_cast<std::int64_t>(entry.text->size())});
  else if (entry.place.holds == Holds::payloads && entry.place.container != Container::records)
    job.extra.push_back({"size", static_cast<std::int64_t>(entry.raw.size())});
  if (entry.cut_from > 0) {
    job.notes.push_back({std::string(cut_note), "it takes " + std::to_string(entry.cut_from) +
                                                    " bytes in the server: only the beginning was read"});
    if (job.payload) job.payload->size = entry.cut_from;
  }
  if (system_.read.ids_by_queue && job.queue) {
    if (!job.ref.id.empty()) job.extra.push_back({"id_in_queue", job.ref.id});
    job.ref.id = Untrusted(job_reference(job.queue->raw(), job.ref.id.raw()));
  }
  if (context.locators) job.locator = to_text(locate(entry, system_, deployment_));
  return job;
}

Entry entry_of(const RedisSystem& system, const OpenList& list, const Element& element) {
  const Place& place = *list.place;
  Entry entry{place, list.key, element.index, element.raw};
  if (place.container == Container::records) {
    entry.key = element.raw;
    entry.raw = free_part(element.raw, place.key, place.suffix);
  }
  if (place.names_queue) entry.queue = queue_of(place, list.key);
  if (place.holds == Holds::ids) entry.id = id_in(system, place, element.raw);
  entry.field = element.field;
  entry.score = element.score;
  entry.position = element.position;
  entry.cut_from = element.cut_from;
  return entry;
}

std::vector<Job> RedisKeyspace::read_running(const OpenList& list, const DecodeContext& context) {
  std::vector<Job> jobs;
  std::set<std::uint64_t> stale;  // elements of the look before
  for (int look = 0; look < most_looks; ++look) {
    std::vector<RedisCommand> commands{{"LRANGE", list.key, "0", std::to_string(read_at_most(list) - 1)}};
    if (system_.read.companions != nullptr) {
      std::vector<RedisCommand> more = system_.read.companions(*list.place, list.key, deployment_);
      commands.insert(commands.end(), more.begin(), more.end());
    }
    const std::vector<Reply> replies = connection_->transaction(commands);
    jobs.clear();
    if (error_word(replies[0].root()) == "WRONGTYPE") return jobs;
    require_success(replies[0].root(), "read the jobs of a worker");
    const std::span<const Reply> companions(replies.data() + 1, replies.size() - 1);
    std::set<std::uint64_t> seeming;
    for (std::size_t i = 0; i < replies[0].size(); ++i) {
      Element element{replies[0][i].text(), static_cast<std::int64_t>(i)};
      element.position = list.place->newest == ListEnd::head ? i : replies[0].size() - 1 - i;
      Entry entry = entry_of(system_, list, element);
      entry.companions = companions;
      jobs.push_back(decode(entry, context));
      if (is_stale(jobs.back(), system_.read.stale_notes)) seeming.insert(fingerprint(entry.raw));
    }
    // A worker that takes one job after the other is seen between two commands again and again, with another job each
    // time.
    if (std::ranges::includes(stale, seeming)) break;
    stale = std::move(seeming);
    if (look + 1 < most_looks) std::this_thread::sleep_for(second_look);
  }
  return jobs;
}

std::vector<Job> RedisKeyspace::running_jobs(const OpenLists& lists, const DecodeContext& context) {
  std::vector<Job> jobs;
  for (const OpenList& list : lists.lists) {
    if (!read_at_once(*list.place)) continue;
    std::vector<Job> some = read_running(list, context);
    std::move(some.begin(), some.end(), std::back_inserter(jobs));
  }
  return jobs;
}

}  // namespace queuetrace
