// The processes of Sidekiq and what they take from (docs/systems/sidekiq.md sections 2.3 and 4).
#include <algorithm>

#include "backends/engines/redis/bounded_json.hpp"
#include "backends/engines/redis/set_members.hpp"
#include "backends/systems/sidekiq/parts.hpp"

namespace queuetrace::sidekiq {
namespace {

using nlohmann::json;

constexpr std::size_t most_processes = 1'000;

/// Names in an array of texts, or the names of the members of an array of objects.
void add_names(const json& value, std::set<std::string>& names) {
  if (value.is_string()) names.insert(value.get<std::string>());
  if (value.is_object())
    for (const auto& [name, weight] : value.items()) names.insert(name);
  if (value.is_array())
    for (const json& element : value)
      if (!element.is_array()) add_names(element, names);
}

/// What a process says of itself; each release says it in a form of its own.
void read_info(Process& process, std::string_view text) {
  const json info = parse_bounded(text);
  if (!info.is_object()) return;
  for (const char* name : {"queues", "weights"})
    if (info.contains(name)) add_names(info[name], process.queues);
  if (info.contains("capsules") && info["capsules"].is_object())
    for (const json& capsule : info["capsules"])
      if (capsule.is_object() && capsule.contains("weights")) add_names(capsule["weights"], process.queues);
  process.knows_queues = !process.queues.empty();
}

}  // namespace

bool Processes::any_alive() const { return !complete || std::ranges::any_of(all, &Process::alive); }

bool Processes::all_quiet() const {
  return any_alive() && complete &&
         std::ranges::all_of(all, [](const Process& process) { return !process.alive || process.quiet; });
}

bool Processes::take_from(const std::string& queue) const {
  return !complete || std::ranges::any_of(all, [&](const Process& process) {
    return process.alive && (!process.knows_queues || process.queues.contains(queue));
  });
}

Processes read_processes(RedisConnection& connection, const Deployment& deployment) {
  Processes processes;
  const SetMembers identities = read_set_members(connection, key_of(deployment, "processes"), most_processes);
  processes.complete = identities.complete;
  std::vector<RedisCommand> commands;
  for (const std::string& identity : identities.members)
    commands.push_back({"HMGET", key_of(deployment, identity), "beat", "quiet", "info"});
  const std::vector<Reply> replies = commands.empty() ? std::vector<Reply>() : connection.pipeline(commands);
  std::size_t next = 0;
  for (const std::string& identity : identities.members) {
    const Reply& reply = replies[next++];
    Process process;
    process.identity = identity;
    if (reply.size() == 3) {
      process.alive = reply[0].is(Reply::Type::string) || reply[2].is(Reply::Type::string);
      process.quiet = reply[1].text() == "true";
      read_info(process, reply[2].text());
    }
    processes.all.push_back(std::move(process));
  }
  return processes;
}

void explain_waiting(RedisConnection& connection, const Deployment& deployment, std::span<const Job>,
                     PeekResult& result) {
  if (result.queues.empty()) return;
  const Processes processes = read_processes(connection, deployment);
  const auto add = [](PeekQueue& row, const char* reason, const char* text) {
    row.waiting.push_back({reason, text, std::nullopt, false, std::nullopt, std::nullopt});
  };
  if (!processes.any_alive()) {
    add(result.queues.front(), "no-live-workers", "no process has a heartbeat: nothing is taken from any queue");
  } else if (processes.all_quiet()) {
    add(result.queues.front(), "quiet-workers", "every process was told to take no more jobs");
  } else {
    for (PeekQueue& row : result.queues)
      if (!row.next.empty() && !processes.take_from(row.queue.raw()))
        add(row, "no-consumer", "no live process takes from this queue: name it in a worker's configuration");
  }
  for (PeekQueue& row : result.queues)
    if (std::ranges::any_of(row.waiting, [](const Waiting& one) { return one.reason == "paused"; }))
      row.notes.emplace_back("only workers of Sidekiq Pro obey a pause; others take from the queue all the same");
}

}  // namespace queuetrace::sidekiq
