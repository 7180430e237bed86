// A store of one system opened for writing on a throw-away Redis, and what tests of its actions ask again and again.
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "backends/engines/redis/open.hpp"
#include "model/error.hpp"
#include "tests/support/redis_server.hpp"

namespace queuetrace::test {

struct WritableStore {
  std::unique_ptr<JobStore> store;
  JobAdministration& administration() { return store->administration(); }

  explicit WritableStore(std::unique_ptr<JobStore> opened) : store(std::move(opened)) {}
  explicit WritableStore(const RedisServer& server, const RedisSystem& system, Source source = {})
      : WritableStore(server.target(), system, std::move(source)) {}
  WritableStore(RedisTarget target, const RedisSystem& system, Source source = {}) {
    target.access = Access::write;
    source.name = "test";
    source.system = std::string(system.info.name);
    const RedisSystem* const systems[] = {&system};
    store = std::move(open_redis_stores(connect_redis(target), source, systems).front());
  }

  std::vector<Target> plan(const Action& action, JobFilter filter = {}, std::size_t page_size = 100) {
    JobQuery query;
    query.filter = std::move(filter);
    query.page_size = page_size;
    std::vector<Target> targets;
    for (;;) {
      TargetPage page = administration().plan(action, query);
      for (Target& target : page.targets) targets.push_back(std::move(target));
      warnings = page.warnings;
      if (!page.next) return targets;
      query.after = page.next;
    }
  }
  /// Like the commands do it: chunk by chunk.
  std::vector<TargetReport> apply(const Action& action, const std::vector<Target>& targets) {
    std::vector<TargetReport> reports;
    const std::size_t chunk = administration().largest_chunk();
    for (std::size_t at = 0; at < targets.size(); at += chunk)
      for (TargetReport& report :
           administration().apply(action, std::span(targets).subspan(at, std::min(chunk, targets.size() - at)), {}))
        reports.push_back(std::move(report));
    return reports;
  }
  std::vector<BackupRecord> back_up(const std::vector<Target>& targets) {
    return administration().back_up(targets, {});
  }

  std::vector<std::string> warnings;  ///< of the last page planned
};

inline JobFilter in_state(const std::string& word) {
  JobFilter filter;
  filter.states = {{parse_job_state(word), word}};
  return filter;
}
inline JobFilter with_ids(std::vector<std::string> ids) {
  JobFilter filter;
  filter.ids = std::move(ids);
  return filter;
}

/// `done done changed: it went`.
inline std::string outcomes(const std::vector<TargetReport>& reports) {
  std::string text;
  for (const TargetReport& report : reports) {
    text += (text.empty() ? "" : " ") + std::string(to_word(report.outcome));
    if (!report.reason.empty()) text += ": " + report.reason + ";";
    if (!report.cause.raw().empty()) text += " (" + report.cause.raw() + ")";
  }
  return text;
}
inline std::map<std::string, int> counts(const std::vector<TargetReport>& reports) {
  std::map<std::string, int> counts;
  for (const TargetReport& report : reports) ++counts[std::string(to_word(report.outcome))];
  return counts;
}

/// Verdict and reason of each target by its id.
inline std::map<std::string, std::string> verdicts(const std::vector<Target>& targets) {
  std::map<std::string, std::string> out;
  for (const Target& target : targets)
    out[target.job.ref.id.raw()] =
        std::string(to_word(target.verdict)) + (target.reason.empty() ? "" : ": " + target.reason) +
        (target.effect.empty() ? "" : " [" + target.effect + "]") + (target.may_force ? " (force)" : "");
  return out;
}

/// Every key with DUMP and the millisecond at which it expires; hashes as their sorted fields, because DUMP tells their
/// order, too.
inline std::map<std::string, std::string> keyspace(RedisServer& server) {
  constexpr const char* script = R"lua(
local out = {}
for _, key in ipairs(redis.call('KEYS', '*')) do
  local kind = redis.call('TYPE', key).ok
  local content
  if kind == 'hash' then
    local pairs_ = redis.call('HGETALL', key)
    local lines = {}
    for i = 1, #pairs_, 2 do lines[#lines + 1] = pairs_[i] .. '=' .. pairs_[i + 1] end
    table.sort(lines)
    content = table.concat(lines, '\n')
  else
    content = redis.call('DUMP', key)
  end
  local expiry = redis.call('PEXPIRETIME', key)
  out[#out + 1] = key
  out[#out + 1] = redis.sha1hex(kind .. content) .. ' ' .. expiry
end
return out
)lua";
  std::map<std::string, std::string> keys;
  const RedisScript text{script};
  RedisTarget target = server.target();
  target.access = Access::write;
  const Reply reply = connect_redis(target)->ask(text.by_text({}), "read the keyspace");
  for (std::size_t i = 0; i + 1 < reply.size(); i += 2) keys[std::string(reply[i].text())] = reply[i + 1].text();
  return keys;
}

}  // namespace queuetrace::test
