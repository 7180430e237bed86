// What the audit log (commands/change/audit_log.hpp) says of past operations of this user.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "model/time.hpp"

namespace queuetrace {

/// One operation, as far as its line tells; every text of it is data.
struct PastOperation {
  std::string id;    ///< as Operation::id
  std::string verb;  ///< `purge`, `retry`, `pause`, `undo`
  std::string user, host;
  std::string source;  ///< name
  std::string target;  ///< masked URL
  std::string system, filter, result;
  std::string address;  ///< of the store; empty: of a release that did not write it down
  std::optional<Timestamp> time;
  std::uint64_t done = 0;       ///< jobs or queues that were changed
  std::uint64_t unknown = 0;    ///< that may have been
  std::string backup;           ///< file with what was removed; empty: none
  std::string kept;             ///< file with what was replaced; empty: none
  std::string undoes;           ///< operation that this one undid; empty: none
  std::string undone_by;        ///< the last operation that undid something of this one; empty: none
  bool undone_in_part = false;  ///< that one was stopped before its end, and undoing goes on where it is repeated

  /// Whether there is something that undoing could put back.
  bool is_kept() const { return !backup.empty() || !kept.empty(); }
};

/// The newest operations, oldest first; no log is none. Lines that are damaged are left out; operations that were
/// killed are known by the files that they kept. Costs a read of the whole log, in memory that `most_remembered`
/// operations take.
inline constexpr std::size_t most_remembered = 10'000;
std::vector<PastOperation> past_operations(const std::map<std::string, std::string>& environment);

/// The last part of an operation's id, which names it as well: 8 hex digits.
std::string short_operation(const std::string& id);

/// The one that `typed` names: its id, or 4 or more of the digits that its last part begins with. Throws
/// Error{not_found} with what it could mean.
const PastOperation& find_operation(const std::vector<PastOperation>& operations, const std::string& typed);

}  // namespace queuetrace
