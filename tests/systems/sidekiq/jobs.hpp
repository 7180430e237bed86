// Jobs as Sidekiq 8 writes them, for tests of one system.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace queuetrace::test {

inline constexpr const char* sidekiq_process = "web-1:1:aaaaaaaaaaaa";

/// Members in place of the usual ones, as JSON; an empty text leaves one out.
inline std::string sidekiq_job(const std::string& jid, const std::map<std::string, std::string>& given = {}) {
  std::map<std::string, std::string> members{{"class", "\"HardJob\""},   {"args", "[1]"},
                                             {"jid", "\"" + jid + "\""}, {"queue", "\"default\""},
                                             {"retry", "true"},          {"created_at", "1782900000000"}};
  for (const auto& [name, value] : given) members[name] = value;
  std::string text;
  for (const auto& [name, value] : members)
    if (!value.empty()) text += (text.empty() ? "{\"" : ",\"") + name + "\":" + value;
  return text + "}";
}

/// A process that lives, and takes from `default`.
inline std::vector<std::vector<std::string>> sidekiq_worker(const std::string& quiet = "false") {
  return {{"SADD", "queues", "default"},
          {"SADD", "processes", sidekiq_process},
          {"EVAL", "redis.call('HSET', KEYS[1], 'beat', redis.call('TIME')[1], 'quiet', ARGV[1], 'info', ARGV[2])", "1",
           sidekiq_process, quiet, R"({"queues":["default"],"weights":[{"default":0}]})"}};
}

}  // namespace queuetrace::test
