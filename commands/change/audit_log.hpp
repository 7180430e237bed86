// One line for every change this user made anywhere: $XDG_STATE_HOME/queuetrace/audit.jsonl.
#pragma once

#include <map>
#include <string>

#include "commands/change/operation.hpp"
#include "commands/change/private_file.hpp"

namespace queuetrace {

/// `user@host`, for the audit and for systems that keep who paused a queue.
struct Operator {
  std::string user;
  std::string host;
};
Operator current_operator();

class AuditLog {
 public:
  /// Opens the file for appending, and takes room for the line of this operation that has yet to be done. Throws
  /// Error{refused}, or internal when the disk is full: then nothing is to be changed.
  AuditLog(const Operation& operation, const std::map<std::string, std::string>& environment);

  /// Returns when the line is on the disk.
  void add(const Operation& operation);

 private:
  PrivateFile file_;
};

}  // namespace queuetrace
