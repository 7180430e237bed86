#include "backends/engines/redis/permissions.hpp"

#include <algorithm>
#include <set>

#include "backends/drivers/redis/reply_error.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

/// What is asked of a place of this kind. The free part of a family's keys is empty here: no key is like that.
std::vector<RedisCommand> commands_for(const Place& place, const RedisSystem& system, const Deployment& deployment) {
  const std::string key = place.key + place.suffix;
  std::vector<RedisCommand> commands;
  switch (place.container) {
    case Container::list: commands = {{"LLEN", key}, {"LRANGE", key, "0", "0"}, {"LINDEX", key, "0"}}; break;
    case Container::sorted_set:
      commands = {{"ZCARD", key}, {"ZRANGE", key, "0", "0"}, {"ZREVRANGE", key, "0", "0"}};
      break;
    case Container::set: commands = {{"SCARD", key}, {"SSCAN", key, "0", "COUNT", "1"}}; break;
    case Container::hash: commands = {{"HLEN", key}, {"HSCAN", key, "0", "COUNT", "1"}}; break;
    case Container::records: commands = {{"HGETALL", key}, {"HMGET", key, "id"}, {"EXISTS", key}}; break;
  }
  if (place.family || place.container == Container::records) commands.push_back({"SCAN", "0", "COUNT", "1"});
  if (place.role == PlaceRole::running && system.read.companions != nullptr)
    for (RedisCommand& more : system.read.companions(place, key, deployment)) commands.push_back(std::move(more));
  return commands;
}

bool is_refused(const Reply& reply) { return error_word(reply.root()) == "NOPERM"; }

}  // namespace

std::vector<Finding> check_permissions(RedisConnection& connection, const RedisSystem& system,
                                       const Deployment& deployment) {
  std::vector<RedisCommand> commands;
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
