// `queue pause` and `queue resume`: whether workers take jobs from a queue.
#include <algorithm>
#include <memory>
#include <string>

#include "commands/change/audit_log.hpp"
#include "commands/change/confirm.hpp"
#include "commands/change/fact_lines.hpp"
#include "commands/change/operation.hpp"
#include "commands/change/write_options.hpp"
#include "commands/change/write_target.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/pause_record.hpp"
#include "model/connection_url.hpp"

namespace queuetrace {
namespace {

struct QueuePauseOptions {
  std::string queue;
  std::string reason;
  bool paused = true;
  bool force = false;  ///< a queue that holds nothing now, too
  WriteOptions write;
};

constexpr Option<QueuePauseOptions> queue_argument[] = {
    {{.names = "NAME", .help = "Queue, by its exact name", .required = true}, into<&QueuePauseOptions::queue>},
};
constexpr Option<QueuePauseOptions> reason_option[] = {
    {{.names = "--reason", .value = "TEXT", .help = "Reason, recorded where the system keeps one"},
     into<&QueuePauseOptions::reason>},
};
constexpr Option<QueuePauseOptions> force_option[] = {
    {{.names = "--force", .help = "Also accept a queue that holds no jobs now"}, into<&QueuePauseOptions::force>},
};

/// A queue that nothing is in has a name nobody can check: --force takes it as typed.
void check_queue(const QueuePauseOptions& options, JobStore& store, const Context& context) {
  if (options.force) return;
  std::vector<std::string> names;
  for (const Untrusted& name : store.queues(context.limits)) {
    if (name.raw() == options.queue) return;
    names.push_back(name.raw());
  }
  const std::string suggestion = did_you_mean(options.queue, names);
  throw Error(ErrorKind::not_found, "no queue is called " + in_quotes(options.queue) + " in " + store.address())
      .with_hint((suggestion.empty() ? "" : suggestion + " ") +
                 std::string("An empty queue is not known; --force accepts the name as typed"));
}

void print(const QueuePauseOptions& options, const TargetReport& report, const std::string& effect,
           const Operation& operation, const WriteTarget& target, Context& context) {
  const bool dry_run = options.write.dry_run;
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({"queuetrace.queue_report/1", "queues", pause_columns(), Heading::Layout::list, "queue"});
  formatter->row(pause_record(target.store->address(), options.queue, options.paused, report, dry_run));
  formatter->end({{"effect", effect},
                  {"source", target.source().name},
                  {"target", operation.target},
                  {"system", operation.system},
                  {"dry_run", dry_run},
                  {"operation", dry_run ? Value{} : Value{operation.id}},
                  {"trace_id", dry_run ? Value{} : Value{operation.trace_id}}});
}

std::string verb_of(const QueuePauseOptions& options) { return options.paused ? "pause" : "resume"; }

ExitCode change_pause(const QueuePauseOptions& options, OperationFacts& told, Context& context) {
  const std::string verb = verb_of(options);
  WriteTarget target = open_target(choose_source({}, "", context), options.write.system, {}, context);
  JobAdministration& administration = target.administration();
  const ActionOffer offer = administration.offer_pause();
  if (!offer.possible) throw Error(ErrorKind::refused, offer.reason).with_hint(offer.nearest);
  check_queue(options, *target.store, context);
  const std::string effect = options.paused ? offer.effect : "workers take jobs from the queue again";
  Operation operation = begin_operation(verb, target.source(), std::string(target.store->system().name), told, context);
  operation.filter = "queue " + options.queue;
  if (options.write.dry_run) {
    print(options, {Untrusted(options.queue), Outcome::done, "", {}}, effect, operation, target, context);
    context.notices.note("nothing was changed (--dry-run): " + effect);
    return ExitCode::done;
  }
  FactLines lines(context.surroundings.message_width);
  lines.add(verb, effect);
  lines.add_given("source", target.store->address() + (target.source().is_protected ? " (protected)" : ""));
  lines.add_given("database", masked_url(target.source().url.reveal()));
  lines.add_given("queue", in_quotes(options.queue));
  for (const std::string& warning : offer.warnings) lines.add("warning", warning);
  const Confirmation answer = confirm({target.source(), 1, false, verb, lines.text()}, options.write, context);
  if (answer == Confirmation::interrupted) return ExitCode::interrupted;
  if (answer == Confirmation::declined) throw Error(ErrorKind::refused, "not confirmed; nothing was changed");
  AuditLog audit(operation, context.surroundings.environment);
  const Operator who = current_operator();
  TargetReport report;
  try {
    report = administration.set_paused(
        {options.queue, options.paused, options.reason, "queuetrace:" + who.user + "@" + who.host});
  } catch (const Error& error) {
    operation.result = is_unanswered(error.kind()) ? "lost connection" : "failed";
    operation.counts[is_unanswered(error.kind()) ? Outcome::unknown : Outcome::failed] = 1;
    finish_operation(operation, audit, told, context);
    throw;
  }
  ++operation.counts[report.outcome];
  operation.result = "done";
  finish_operation(operation, audit, told, context);
  print(options, report, effect, operation, target, context);
  return report.outcome == Outcome::done || report.outcome == Outcome::already ? ExitCode::done : ExitCode::partial;
}

/// done, too when it was so before; refused where the system cannot; not_found for a queue nobody knows.
ExitCode queue_pause(const QueuePauseOptions& options, Context& context) {
  return traced_operation(verb_of(options), context, [&](OperationFacts& told) {
    told.dry_run = options.write.dry_run;
    told.queues = {options.queue};
    return change_pause(options, told, context);
  });
}

CommandForm form_of(bool paused) {
  const auto options = std::make_shared<QueuePauseOptions>();
  options->paused = paused;
  CommandForm form(options, queue_pause);
  form.takes(*options, queue_argument);
  if (paused) form.takes(*options, reason_option);
  form.takes(*options, force_option);
  form.takes(options->write, confirmation_options());
  return form;
}

}  // namespace

CommandForm form(At<"queue pause">) { return form_of(true); }
CommandForm form(At<"queue resume">) { return form_of(false); }

}  // namespace queuetrace
