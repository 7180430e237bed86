#include "commands/change/operation.hpp"

#include "commands/change/audit_log.hpp"
#include "commands/change/state_folder.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/outcomes.hpp"
#include "model/connection_url.hpp"

namespace queuetrace {

Operation begin_operation(const std::string& verb, const WriteTarget& target, OperationFacts& told,
                          const Context& context) {
  const Source& source = target.source();
  Operation operation;
  operation.started = context.now();
  operation.id = dated_name(operation.started, verb, source.name);
  operation.verb = verb;
  operation.source = source.name;
  operation.target = masked_url(source.url.reveal());
  operation.system = target.store->system().name;
  operation.address = target.store->address();
  operation.words = masked_arguments(context.arguments);
  operation.trace_id = told.trace_id;
  told.systems = {operation.system};
  return operation;
}

void finish_operation(Operation& operation, AuditLog& audit, OperationFacts& told, const Context& context) {
  operation.ended = context.now();
  const auto count = [&](Outcome outcome) { return static_cast<std::int64_t>(operation.counts[outcome]); };
  told.counts = {{"admin.affected_count", count(Outcome::done)},
                 {"admin.already_count", count(Outcome::already)},
                 {"admin.changed_count", count(Outcome::changed)},
                 {"admin.skipped_count", count(Outcome::skipped)},
                 {"admin.failed_count", count(Outcome::failed)},
                 {"admin.unknown_count", count(Outcome::unknown)},
                 {"admin.not_tried_count", static_cast<std::int64_t>(operation.counts.not_tried)}};
  try {
    audit.add(operation);
  } catch (const Error& error) {
    context.notices.warning("the change was not written to the audit log: " + one_line(error));
  }
}

}  // namespace queuetrace
