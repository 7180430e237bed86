// A command of an operator, told to the OpenTelemetry collector that the environment names: one span `admin.NAME` a
// run, with what was asked of which store and how much of it was done.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "backends/fan_out.hpp"
#include "commands/context.hpp"
#include "commands/exit_code.hpp"
#include "model/value.hpp"

namespace queuetrace {

/// What an operation reports of itself; filled in while it runs, so that a failed one says how far it came. Nothing of
/// a payload and no text of a server belongs here: it leaves the machine.
struct OperationFacts {
  std::string trace_id;              ///< of the span, 32 hex digits; given, also for the line in the audit
  std::vector<std::string> queues;   ///< as asked for
  std::string filter;                ///< in words; without values of `--where`, which are of payloads
  std::vector<std::string> systems;  ///< that were found
  bool destructive = false;          ///< jobs may be gone for good
  bool dry_run = false;
  Fields counts;  ///< `admin.affected_count`, ...: whole numbers

  /// The systems of these stores, each once.
  void systems_of(const std::vector<SourceOutcome>& outcomes);
};

/// Runs `work`. When a collector is named, its span is sent once the answer is out: an error's message, or the meaning
/// of an exit code other than 0, is the span's failure. That costs a second at most, and never changes the answer.
ExitCode traced_operation(const std::string& name, Context& context,
                          const std::function<ExitCode(OperationFacts&)>& work);

}  // namespace queuetrace
