// The workers of Resque, and what holds jobs back (docs/systems/resque.md sections 2 and 4).
#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/bounded_json.hpp"
#include "backends/systems/resque/parts.hpp"
#include "model/job_filter.hpp"

namespace queuetrace::resque {
namespace {

constexpr std::size_t most_workers = 1'000;

/// Where the queues begin: after the second colon, or the only one; the names of queues may have colons of their own.
std::size_t queues_at(std::string_view id) {
  const std::size_t first = id.find(':');
  const std::size_t second = first == std::string_view::npos ? first : id.find(':', first + 1);
  const std::size_t last = second == std::string_view::npos ? first : second;
  return last == std::string_view::npos ? id.size() : last + 1;
}

}  // namespace

std::vector<RedisCommand> signs_of_life(const Deployment& deployment, const std::string& worker) {
  const std::string name = worker.substr(0, std::max<std::size_t>(queues_at(worker), 1) - 1);
  return {{"HGET", key_of(deployment, "workers:heartbeat"), worker},
          {"GET", key_of(deployment, "worker:ping:" + name)}};
}

std::optional<Timestamp> last_sign(const Reply& heartbeat, const Reply& ping) {
  if (const std::optional<Timestamp> time = parse_timestamp(heartbeat.text())) return time;
  const nlohmann::json said = parse_bounded(ping.text());
  const nlohmann::json& seconds = member(said, "time");
  if (!seconds.is_number_integer()) return std::nullopt;
  const auto value = seconds.get<std::int64_t>();
  if (value <= 0 || value >= 253'402'300'800) return std::nullopt;
  return Timestamp(std::chrono::seconds(value));
}

bool Workers::any_alive() const {
  return !complete || std::ranges::any_of(all, [](const Worker& worker) { return !worker.silent; });
}

bool Workers::take_from(const std::string& queue) const {
  return !complete || std::ranges::any_of(all, [&](const Worker& worker) {
    if (worker.silent) return false;
    for (std::size_t at = 0; at <= worker.queues.size();) {
      const std::size_t end = std::min(worker.queues.find(',', at), worker.queues.size());
      if (matches_glob(worker.queues.substr(at, end - at), queue)) return true;
      at = end + 1;
    }
    return false;
  });
}

Workers read_workers(RedisConnection& connection, const Deployment& deployment) {
  Workers workers;
  std::vector<RedisCommand> commands{{"TIME"}};
  std::string cursor = "0";
  do {
    const RedisCommand scan{"SSCAN", key_of(deployment, "workers"), cursor, "COUNT", "1000"};
    const Reply reply = std::move(connection.pipeline({&scan, 1}).front());
    if (error_word(reply.root()) == "WRONGTYPE") return workers;
    require_success(reply.root(), "read the workers");
    if (reply.size() != 2) throw Error(ErrorKind::unreachable, "Redis answered SSCAN in an unknown form");
    cursor = std::string(reply[0].text());
    for (std::size_t i = 0; i < reply[1].size(); ++i) {
      const std::string id(reply[1][i].text());
      if (std::ranges::find(workers.all, id, &Worker::id) != workers.all.end()) continue;
      workers.all.push_back({id, id.substr(queues_at(id)), false});
      for (RedisCommand& question : signs_of_life(deployment, id)) commands.push_back(std::move(question));
    }
  } while (cursor != "0" && workers.all.size() < most_workers);
  workers.complete = cursor == "0";
  const std::vector<Reply> replies = connection.pipeline(commands);
  if (replies[0].size() != 2) return workers;
  const std::string seconds(replies[0][0].text());
  const Timestamp now{std::chrono::seconds(std::strtoll(seconds.c_str(), nullptr, 10))};
  for (std::size_t i = 0; i < workers.all.size(); ++i)
    // One that has just started has no heartbeat yet.
    if (const std::optional<Timestamp> beat = last_sign(replies[2 * i + 1], replies[2 * i + 2]))
      workers.all[i].silent = *beat + prune_interval < now;
  return workers;
}

void explain_waiting(RedisConnection& connection, const Deployment& deployment, std::span<const Job>,
                     PeekResult& result) {
  if (result.queues.empty()) return;
  const Workers workers = read_workers(connection, deployment);
  const auto add = [](PeekQueue& row, const char* reason, const char* text) {
    row.waiting.push_back({reason, text, std::nullopt, false, std::nullopt, std::nullopt});
  };
  if (!workers.any_alive()) {
    add(result.queues.front(), "no-live-workers", "no worker is alive: nothing is taken from any queue");
    return;
  }
  for (PeekQueue& row : result.queues)
    if (!row.next.empty() && !workers.take_from(row.queue.raw()))
      add(row, "no-consumer", "no live worker names this queue: add it to a worker's QUEUE");
}

}  // namespace queuetrace::resque
