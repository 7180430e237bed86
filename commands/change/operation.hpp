// One change of a store, from its confirmation to its end: what the audit, the journal and the trace are told.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "commands/change/admin_operation.hpp"
#include "commands/change/write_target.hpp"
#include "commands/context.hpp"
#include "model/plan.hpp"

namespace queuetrace {

/// How many jobs fared how. `not_tried`: the operation stopped before.
struct OutcomeCounts {
  std::array<std::uint64_t, 6> of{};  ///< by Outcome
  std::uint64_t not_tried = 0;

  std::uint64_t operator[](Outcome outcome) const { return of.at(static_cast<std::size_t>(outcome)); }
  std::uint64_t& operator[](Outcome outcome) { return of.at(static_cast<std::size_t>(outcome)); }
};

struct Operation {
  std::string id;      ///< dated_name(): names its files
  std::string verb;    ///< `purge`, `retry`, `restore`, `pause`: the span is `admin.<verb>`
  std::string source;  ///< name
  std::string target;  ///< URL of the source, secrets masked
  std::string system;
  std::string address;             ///< of the store
  std::string filter;              ///< in words
  std::vector<std::string> words;  ///< the command, secrets masked
  Timestamp started{};
  Timestamp ended{};
  std::string trace_id;  ///< of its span, 32 hex digits
  OutcomeCounts counts;
  std::string result;  ///< `done`, `partial`, `interrupted`, `timed out`, `lost connection`, `failed`
  std::string backup;  ///< file with what was removed; empty: none
  std::string kept;    ///< file with what was replaced; empty: none
  std::string undoes;  ///< the operation that this one undoes; empty: none
  std::string plan;    ///< file that was kept; empty: none
};

/// An operation that begins now, of the trace in `told`.
Operation begin_operation(const std::string& verb, const WriteTarget& target, OperationFacts& told,
                          const Context& context);

/// Records what was done: the line in the audit, and the counts of the span, which traced_operation() sends. Failures
/// are warnings: the change has happened.
void finish_operation(Operation& operation, class AuditLog& audit, OperationFacts& told, const Context& context);

}  // namespace queuetrace
