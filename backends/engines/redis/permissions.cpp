#include "backends/engines/redis/permissions.hpp"

#include <algorithm>
#include <set>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// What walks a set, sorted set or hash.
RedisCommand walk(const char* command, const std::string& key) { return {command, key, "0", "COUNT", "1"}; }

const char* walk_of(NamesIn names) {
  return names == NamesIn::set ? "SSCAN" : names == NamesIn::hash ? "HSCAN" : "ZSCAN";
}

void add_record(const RedisReading& reading, const std::string& key, std::vector<RedisCommand>& commands) {
  if (reading.record_type == RecordType::string) {
    commands.push_back({"GET", key});
    commands.push_back({"GETRANGE", key, "0", "0"});
    return;
  }
  commands.push_back({"HGETALL", key});
  commands.push_back({"HMGET", key, "id"});
}

/// What is asked of a place of this kind. The free part of a family's keys is empty here: no key is like that.
std::vector<RedisCommand> commands_for(const Place& place, const RedisSystem& system, const Deployment& deployment) {
  const std::string key = place.key + place.suffix;
  std::vector<RedisCommand> commands;
  switch (place.container) {
    case Container::list:
      for (RedisCommand command :
           {RedisCommand{"LLEN", key}, RedisCommand{"LRANGE", key, "0", "0"}, RedisCommand{"LINDEX", key, "0"}})
        commands.push_back(std::move(command));
      break;
    case Container::sorted_set:
      for (const char* command : {"ZRANGE", "ZREVRANGE"}) commands.push_back({command, key, "0", "0"});
      commands.push_back({"ZCARD", key});
      commands.push_back(walk("ZSCAN", key));
      break;
    case Container::set:
      commands.push_back({"SCARD", key});
      commands.push_back(walk("SSCAN", key));
      break;
    case Container::hash:
      commands.push_back({"HLEN", key});
      commands.push_back(walk("HSCAN", key));
      break;
    case Container::records: commands.push_back({"EXISTS", key}); break;
  }
  if (place.container == Container::records || (place.holds == Holds::ids && !system.read.record.empty()))
    add_record(system.read, key, commands);
  if (!place.names.empty()) commands.push_back(walk(walk_of(place.names_in), place.names));
  if (place.family || place.container == Container::records) commands.push_back({"SCAN", "0", "COUNT", "1"});
  if (place.role == PlaceRole::running && system.read.companions != nullptr)
    for (RedisCommand& more : system.read.companions(place, key, deployment)) commands.push_back(std::move(more));
  if (system.read.details != nullptr)
    for (RedisCommand& more : system.read.details(Entry{place, key, 0, {}}, deployment, true))
      commands.push_back(std::move(more));
  return commands;
}

/// What tells which queues there are, and which of them are paused.
std::vector<RedisCommand> commands_for_queues(const RedisSystem& system, const Deployment& deployment) {
  const KeyNames names{.prefix = deployment.prefix, .queue = "", .id = ""};
  std::vector<RedisCommand> commands;
  for (const QueueNames& source : system.place.queues) {
    if (source.from == QueueNames::From::keys)
      commands.push_back({"SCAN", "0", "COUNT", "1"});
    else
      commands.push_back(walk(source.from == QueueNames::From::set    ? "SSCAN"
                              : source.from == QueueNames::From::hash ? "HSCAN"
                                                                      : "ZSCAN",
                              fill_key(source.key, names)));
  }
  const std::string key = fill_key(system.pause.key, names);
  switch (system.pause.form) {
    case RedisPausing::Form::none: break;
    case RedisPausing::Form::member: commands.push_back({"SISMEMBER", key, ""}); break;
    case RedisPausing::Form::key: commands.push_back({"GET", key}); break;
    case RedisPausing::Form::field: commands.push_back({"HGET", key, std::string(system.pause.field)}); break;
  }
  return commands;
}

bool is_refused(const Reply& reply) { return error_word(reply.root()) == "NOPERM"; }

}  // namespace

std::vector<Finding> check_permissions(RedisConnection& connection, const RedisSystem& system,
                                       const Deployment& deployment) {
  std::vector<RedisCommand> commands = commands_for_queues(system, deployment);
  for (const Place& place : deployment.places)
    for (RedisCommand& command : commands_for(place, system, deployment)) commands.push_back(std::move(command));
  std::set<std::string> refused;
  std::string said;
  const std::vector<Reply> replies = connection.pipeline(commands);
  for (std::size_t i = 0; i < replies.size(); ++i) {
    if (!is_refused(replies[i])) continue;
    refused.insert(commands[i].arguments.front());
    if (said.empty()) said = replies[i].text();
  }
  if (!refused.empty()) {
    std::string names, rights;
    for (const std::string& name : refused) {
      names += (names.empty() ? "" : ", ") + name;
      rights += " +" + name;
    }
    throw Error(ErrorKind::authentication, "Redis refuses this user what reading jobs needs: " + names)
        .because(Untrusted(said))
        .with_hint("grant the commands and the keys: redis-cli ACL SETUSER USER" + rights + " '~*'");
  }
  std::vector<Finding> findings;
  const std::vector<RedisCommand> spared{{"TIME"}, {"PTTL", deployment.places.front().key}};
  const std::vector<Reply> answers = connection.pipeline(spared);
  if (is_refused(answers[0]))
    findings.push_back({Finding::Severity::note, "TIME", "not permitted: ages are measured by this machine's clock",
                        "redis-cli ACL SETUSER USER +time", "time-denied"});
  if (is_refused(answers[1]))
    findings.push_back({Finding::Severity::note, "PTTL", "not permitted: which keys expire cannot be seen",
                        "redis-cli ACL SETUSER USER +pttl", "pttl-denied"});
  return findings;
}

}  // namespace queuetrace
