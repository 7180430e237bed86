// Queues as RQ 3 writes them, for tests of one system.
#pragma once

#include <string>
#include <vector>

namespace queuetrace::test {

using RqCommands = std::vector<std::vector<std::string>>;

/// The queue `mail`.
inline RqCommands rq_queue() { return {{"SADD", "rq:queues", "rq:queue:mail"}}; }

/// A worker that lives, and takes from `mail`.
inline RqCommands rq_worker() {
  return {{"SADD", "rq:workers", "rq:worker:w"},
          {"HSET", "rq:worker:w", "birth", "2026-07-01T10:00:00.000000Z", "queues", "mail"}};
}

/// A job's hash, with further fields.
inline std::vector<std::string> rq_job(const std::string& id, const std::string& status,
                                       const std::vector<std::string>& more = {}) {
  std::vector<std::string> command{"HSET",        "rq:job:" + id,
                                   "created_at",  "2026-07-01T10:00:01.000000Z",
                                   "status",      status,
                                   "origin",      "mail",
                                   "description", "mail.send()",
                                   "data",        "",
                                   "started_at",  "",
                                   "ended_at",    ""};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

}  // namespace queuetrace::test
