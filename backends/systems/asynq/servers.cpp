// What the servers of Asynq say of themselves, and what holds tasks back (docs/systems/asynq.md sections 2.1 and 4).
#include <algorithm>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/systems/asynq/messages.hpp"
#include "backends/systems/asynq/parts.hpp"

namespace queuetrace::asynq {
namespace {

constexpr std::size_t most_servers = 200;

}  // namespace

Servers read_servers(RedisConnection& connection) {
  Servers servers;
  const RedisCommand members{"ZREVRANGE", "asynq:servers", "0", std::to_string(most_servers)};
  const Reply names = std::move(connection.pipeline({&members, 1}).front());
  if (error_word(names.root()) == "WRONGTYPE") return servers;
  require_success(names.root(), "read the servers");
  servers.complete = names.size() <= most_servers;
  std::vector<RedisCommand> commands;
  for (std::size_t i = 0; i < std::min(names.size(), most_servers); ++i)
    commands.push_back({"GET", std::string(names[i].text())});
  if (commands.empty()) return servers;
  // Members stay when a server is killed; its key goes by itself within seconds.
  for (const Reply& reply : connection.pipeline(commands)) {
    if (!reply.is(Reply::Type::string)) continue;
    ++servers.alive;
    std::optional<ServerInfo> info = read_server(reply.text());
    if (!info) servers.complete = false;
    if (!info || !info->takes_tasks) continue;
    servers.any_takes = true;
    servers.queues.merge(info->queues);
  }
  return servers;
}

void explain_waiting(RedisConnection& connection, const Deployment&, std::span<const Job>, PeekResult& result) {
  if (result.queues.empty()) return;
  const Servers servers = read_servers(connection);
  const auto add = [](PeekQueue& row, const char* reason, const char* text) {
    row.waiting.push_back({reason, text, std::nullopt, false, std::nullopt, std::nullopt});
  };
  if (servers.alive == 0) {
    add(result.queues.front(), "no-live-workers", "no server is alive: nothing is taken from any queue");
    return;
  }
  if (!servers.any_takes && servers.complete) {
    add(result.queues.front(), "quiet-workers", "every server was told to take no more tasks");
    return;
  }
  for (PeekQueue& row : result.queues)
    if (!row.next.empty() && !servers.take_from(row.queue.raw()))
      add(row, "no-consumer",
          "no live server takes from this queue: name it in the Queues of a server's configuration");
}

}  // namespace queuetrace::asynq
