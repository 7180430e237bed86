// The workers of RQ and what they take from (docs/systems/rq.md sections 2.3 and 4).
#include <algorithm>

#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/set_members.hpp"
#include "backends/systems/rq/parts.hpp"

namespace queuetrace::rq {
namespace {

constexpr std::size_t most_workers = 1'000;

std::set<std::string> names_in(std::string_view list) {
  std::set<std::string> names;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(','), list.size());
    if (end > 0) names.emplace(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return names;
}

}  // namespace

bool Workers::any_alive() const { return !complete || std::ranges::any_of(all, &Worker::alive); }

bool Workers::take_from(const std::string& queue) const {
  return !complete || std::ranges::any_of(all, [&](const Worker& worker) {
    return worker.alive && (worker.queues.empty() || worker.queues.contains(queue));
  });
}

Workers read_workers(RedisConnection& connection, const Deployment& deployment) {
  Workers workers;
  const SetMembers keys = read_set_members(connection, deployment.prefix + ":workers", most_workers);
  workers.complete = keys.complete;
  std::vector<RedisCommand> commands;
  for (const std::string& key : keys.members) commands.push_back({"HMGET", key, "birth", "queues"});
  const std::vector<Reply> replies = commands.empty() ? std::vector<Reply>() : connection.pipeline(commands);
  const std::string before = deployment.prefix + ":worker:";
  for (std::size_t i = 0; i < keys.members.size(); ++i) {
    Worker worker;
    worker.name = std::string(free_part(keys.members[i], before, {}));
    if (worker.name.empty()) continue;
    if (replies[i].size() == 2) {
      worker.alive = replies[i][0].is(Reply::Type::string);
      worker.queues = names_in(replies[i][1].text());
    }
    workers.all.push_back(std::move(worker));
  }
  return workers;
}

void explain_waiting(RedisConnection& connection, const Deployment& deployment, std::span<const Job>,
                     PeekResult& result) {
  const bool anything = std::ranges::any_of(result.queues, [](const PeekQueue& row) { return !row.next.empty(); });
  if (!anything) return;
  const Workers workers = read_workers(connection, deployment);
  for (PeekQueue& row : result.queues) {
    if (row.next.empty()) continue;
    if (!workers.any_alive())
      row.waiting.push_back({"no-live-workers", "no worker has a heartbeat: nothing is taken from any queue",
                             std::nullopt, false, std::nullopt, std::nullopt});
    else if (!workers.take_from(row.queue.raw()))
      row.waiting.push_back({"no-consumer", "no live worker takes from this queue: name it when a worker is started",
                             std::nullopt, false, std::nullopt, std::nullopt});
  }
}

}  // namespace queuetrace::rq
