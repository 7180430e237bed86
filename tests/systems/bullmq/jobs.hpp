// Queues as BullMQ writes them, for tests of one system.
#pragma once

#include <string>
#include <vector>

namespace queuetrace::test {

using BullCommands = std::vector<std::vector<std::string>>;

/// The queue `mail` of a release (`5.81.5`); empty: of Bull.
inline BullCommands bull_queue(const std::string& release) {
  BullCommands commands{{"SET", "bull:mail:id", "9"}};
  if (release.empty()) return commands;
  commands.push_back({"HSET", "bull:mail:meta", "version", "bullmq:" + release, "opts.maxLenEvents", "10000"});
  commands.push_back({"XADD", "bull:mail:events", "1-1", "event", "added"});
  if (release[0] > '3') commands.push_back({"SET", "bull:mail:pc", "4"});
  return commands;
}

/// A job's hash, with further fields.
inline std::vector<std::string> bull_job(const std::string& id, const std::vector<std::string>& more = {}) {
  std::vector<std::string> command{"HSET", "bull:mail:" + id, "name",         "send", "data", "{}", "opts",
                                   "{}",   "timestamp",       "1782900000000"};
  command.insert(command.end(), more.begin(), more.end());
  return command;
}

}  // namespace queuetrace::test
