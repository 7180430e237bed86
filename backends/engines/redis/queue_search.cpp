#include "backends/engines/redis/queue_search.hpp"

#include <set>

#include "backends/drivers/redis/reply_error.hpp"
#include "backends/engines/redis/key_scan.hpp"
#include "backends/engines/redis/key_sign.hpp"
#include "backends/engines/redis/key_template.hpp"
#include "backends/engines/redis/prefix_search.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

bool may_go_on(const ReadLimits& limits) {
  return !limits.stop.stop_requested() && std::chrono::steady_clock::now() < limits.deadline;
}

/// Names that the members of a set or sorted set, or the fields of a hash, spell.
bool add_members(RedisConnection& connection, const QueueNames& source, const KeyNames& names,
                 std::set<std::string>& found, const ReadLimits& limits) {
  const auto [before, after] = around_name(source.member, "{queue}", names);
  const bool pairs = source.from != QueueNames::From::set;
  const char* command = !pairs ? "SSCAN" : source.from == QueueNames::From::hash ? "HSCAN" : "ZSCAN";
  const std::string key = fill_key(source.key, names);
  std::string cursor = "0";
  do {
    if (!may_go_on(limits) || found.size() >= most_queues) return false;
    const RedisCommand scan{command, key, cursor, "COUNT", "1000"};
    const Reply reply = std::move(connection.pipeline({&scan, 1}).front());
    if (error_word(reply.root()) == "WRONGTYPE") return true;
    require_success(reply.root(), "read the names of the queues");
    if (reply.size() != 2) throw Error(ErrorKind::unreachable, "Redis answered SCAN in an unknown form");
    cursor = std::string(reply[0].text());
    for (std::size_t i = 0; i < reply[1].size(); i += pairs ? 2 : 1)
      if (const std::string_view name = free_part(reply[1][i].text(), before, after); !name.empty())
        found.emplace(name);
  } while (cursor != "0");
  return true;
}

/// Where not all keys are read: names that the keys of jobs hold, of the first keys that there are.
void add_from_any_keys(RedisConnection& connection, std::string_view before, std::set<std::string>& unproven) {
  const RedisCommand scan{"SCAN", "0", "MATCH", quote_glob(std::string(before)) + "*", "COUNT", "400"};
  const Reply reply = std::move(connection.pipeline({&scan, 1}).front());
  require_success(reply.root(), "read the names of the queues");
  if (reply.size() != 2) throw Error(ErrorKind::unreachable, "Redis answered SCAN in an unknown form");
  for (std::size_t i = 0; i < reply[1].size(); ++i) add_possible_queues(reply[1][i].text(), before, unproven);
}

}  // namespace

FoundNames find_queues(RedisConnection& connection, const RedisSystem& system, const Deployment& deployment,
                       const ReadLimits& limits) {
  const RedisPlacing& placing = system.place;
  const KeyNames names{.prefix = deployment.prefix};
  FoundNames out;
  std::set<std::string> found, unproven;
  for (const QueueNames& source : placing.queues) {
    if (source.from != QueueNames::From::keys) {
      out.complete = add_members(connection, source, names, found, limits) && out.complete;
      continue;
    }
    const auto [before, after] = around_name(source.key, "{queue}", names);
    const FoundKeys keys = scan_keys(connection, glob_of_key(source.key, names), most_queues, limits);
    out.complete = out.complete && keys.complete;
    for (const std::string& key : keys.keys)
      if (const std::string_view name = free_part(key, before, after); !name.empty()) unproven.emplace(name);
    if (!keys.complete && !placing.queue_signs.empty()) add_from_any_keys(connection, before, unproven);
  }
  if (placing.find_queues != nullptr)
    for (std::string& name : placing.find_queues(connection, deployment, limits, out.complete))
      found.insert(std::move(name));
  std::vector<std::string> candidates(unproven.begin(), unproven.end());
  if (!placing.queue_signs.empty()) {
    std::vector<KeyNames> asked;
    for (const std::string& name : candidates) asked.push_back({.prefix = deployment.prefix, .queue = name});
    const std::vector<std::size_t> counts = count_signs(connection, placing.queue_signs, asked);
    for (std::size_t i = 0; i < candidates.size(); ++i)
      if (counts[i] >= placing.queue_signs_needed) found.insert(candidates[i]);
  } else {
    found.insert(candidates.begin(), candidates.end());
  }
  out.names.assign(found.begin(), found.end());
  return out;
}

}  // namespace queuetrace
