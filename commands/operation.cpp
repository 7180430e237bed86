#include "commands/operation.hpp"

#include "commands/audit_log.hpp"
#include "commands/command_line.hpp"
#include "commands/outcomes.hpp"
#include "commands/random_id.hpp"
#include "commands/state_folder.hpp"
#include "model/connection_url.hpp"
#include "tracing/trace_forms.hpp"

namespace queuetrace {

Operation begin_operation(const std::string& verb, const Source& source, const std::string& system,
                          const Context& context) {
  Operation operation;
  operation.started = context.now();
  operation.id = dated_name(operation.started, verb, source.name);
  operation.verb = verb;
  operation.source = source.name;
  operation.target = masked_url(source.url.reveal());
  operation.system = system;
  operation.words = masked_arguments(context.arguments);
  const auto traceparent = context.surroundings.environment.find("TRACEPARENT");
  if (traceparent != context.surroundings.environment.end() && read_strict_traceparent(traceparent->second)) {
    operation.trace_id = traceparent->second.substr(3, 32);
    operation.parent_span_id = traceparent->second.substr(36, 16);
  } else {
    operation.trace_id = random_hex(16);
  }
  operation.span_id = random_hex(8);
  return operation;
}

void finish_operation(Operation& operation, AuditLog& audit, const Context& context) {
  operation.ended = context.now();
  try {
    audit.add(operation);
  } catch (const Error& error) {
    context.notices.warning("the change is not in the audit: " + one_line(error));
  }
}

}  // namespace queuetrace
