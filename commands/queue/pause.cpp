// `queue pause` and `queue resume`: whether workers take jobs from a queue.
#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "commands/change/audit_log.hpp"
#include "commands/change/confirm.hpp"
#include "commands/change/fact_lines.hpp"
#include "commands/change/kept_changes.hpp"
#include "commands/change/operation.hpp"
#include "commands/change/queue_facts.hpp"
#include "commands/change/write_options.hpp"
#include "commands/change/write_target.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/attention.hpp"
#include "formatters/escape.hpp"
#include "formatters/pause_record.hpp"
#include "model/connection_url.hpp"

namespace queuetrace {
namespace {

constexpr const char* queue_report_schema = "queuetrace.queue_report/1";

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

std::string past_of(const QueuePauseOptions& options) { return options.paused ? "paused" : "resumed"; }

/// What is so now, in one word or two: `would be paused`, `paused`, `not paused`.
std::string result_of(const QueuePauseOptions& options, const TargetReport& report,
                      const std::optional<QueueFacts>& facts) {
  const bool known = facts && facts->queue.paused;
  if (options.write.dry_run && known && *facts->queue.paused == options.paused)
    return options.paused ? "is paused already" : "is not paused";
  if (options.write.dry_run) return "would be " + past_of(options);
  switch (report.outcome) {
    case Outcome::done: return past_of(options);
    case Outcome::already: return options.paused ? "was paused already" : "was not paused";
    default: return "not " + past_of(options);
  }
}

/// What waits and runs in the queue, and what that means.
std::vector<std::string> jobs_lines(const QueuePauseOptions& options, const QueueFacts& facts) {
  std::vector<std::string> lines;
  const std::string waiting = waiting_words(facts.queue);
  if (waiting.empty())
    lines.emplace_back("no job waits in it");
  else
    lines.push_back(waiting + (options.paused ? "; workers take none of them until it is resumed"
                                              : "; workers take at once what is pending"));
  if (const std::string running = running_words(facts.queue); !running.empty() && options.paused)
    lines.push_back(running);
  return lines;
}

/// `Paused email in shop`, `Resumed email in shop, paused 3h by maria: partner is down`, `email in shop would be
/// paused`
std::string sentence_of(const QueuePauseOptions& options, const std::string& address, const TargetReport& report,
                        const std::optional<QueueFacts>& facts) {
  const std::string queue = terminal_text(Untrusted(options.queue), Profile::ident, table_cell) + " in " + address;
  const bool was_paused = facts && facts->queue.paused.value_or(false);
  const std::string pause =
      was_paused ? pause_words(facts->queue.pause.value_or(QueuePause()), facts->now) : std::string();
  if (!options.write.dry_run && report.outcome == Outcome::done)
    return (options.paused ? "Paused " : "Resumed ") + queue + (options.paused || pause.empty() ? "" : ", " + pause);
  const std::string result = result_of(options, report, facts);
  const bool has_verb = result.starts_with("would") || result.starts_with("is ") || result.starts_with("was ");
  return queue + (has_verb ? " " : " is ") + result + (pause.empty() ? "" : ": " + pause);
}

constexpr std::array sentence_columns{Column{.field = "said", .heading = {}, .wraps = true, .headline = true},
                                      Column{.field = "reason", .heading = {}, .wraps = true, .headline = true},
                                      Column{.field = "cause", .heading = {}, .wraps = true, .headline = true},
                                      Column{.field = "jobs", .heading = {}, .wraps = true, .headline = true}};

/// What holds now, in sentences.
void print_sentences(const QueuePauseOptions& options, const TargetReport& report,
                     const std::optional<QueueFacts>& facts, const WriteTarget& target, Context& context) {
  std::string jobs;
  if (facts)
    for (const std::string& line : jobs_lines(options, *facts)) jobs += (jobs.empty() ? "" : "\n") + line;
  const bool failed = report.outcome != Outcome::done && report.outcome != Outcome::already;
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({queue_report_schema, "queues", sentence_columns, Heading::Layout::detail, "queue"});
  formatter->row({{"said", sentence_of(options, target.store->address(), report, facts)},
                  {"reason", failed && !report.reason.empty() ? Value(report.reason) : Value()},
                  {"cause", report.cause.empty() ? Value() : Value(report.cause)},
                  {"jobs", jobs.empty() ? Value() : Value(jobs)}});
  formatter->end({});
}

bool wants_sentences(const Context& context) {
  return context.format.name == "table" && context.format_options.fields.empty();
}

void print(const QueuePauseOptions& options, const TargetReport& report, const std::optional<QueueFacts>& facts,
           const std::string& effect, const Operation& operation, const WriteTarget& target, Context& context) {
  if (wants_sentences(context)) return print_sentences(options, report, facts, target, context);
  const bool dry_run = options.write.dry_run;
  const std::unique_ptr<Formatter> formatter = context.formatter();
  formatter->begin({queue_report_schema, "queues", pause_columns(), Heading::Layout::list, "queue"});
  PauseFacts told{
      target.store->address(), options.queue, options.paused, dry_run, result_of(options, report, facts), {}};
  if (facts) told.before = &facts->queue;
  formatter->row(pause_record(told, report));
  formatter->end({{"effect", effect},
                  {"source", target.source().name},
                  {"target", operation.target},
                  {"system", operation.system},
                  {"dry_run", dry_run},
                  {"operation", dry_run ? Value{} : Value{operation.id}},
                  {"trace_id", dry_run ? Value{} : Value{operation.trace_id}}});
}

/// The lines above the question.
std::vector<Phrase> summary(const QueuePauseOptions& options, const std::optional<QueueFacts>& facts,
                            const ActionOffer& offer, const std::string& effect, const WriteTarget& target, int width) {
  FactLines lines(width, std::string(options.paused ? "Pause" : "Resume") + " queue " + in_quotes(options.queue) +
                             " in " + target.store->address() + (target.source().is_protected ? ", PROTECTED" : ""));
  lines.add_given("database", masked_url(target.source().url.reveal()));
  lines.add("what", effect);
  if (facts && facts->queue.paused.value_or(false))
    lines.add_given("now", pause_words(facts->queue.pause.value_or(QueuePause()), facts->now));
  if (facts) {
    std::string name = "jobs";
    for (const std::string& line : jobs_lines(options, *facts)) {
      lines.add(name, line);
      name.clear();
    }
  }
  for (const std::string& warning : offer.warnings) lines.add("warning", warning, yellow);
  return lines.phrases();
}

std::string verb_of(const QueuePauseOptions& options) { return options.paused ? "pause" : "resume"; }

ExitCode change_pause(const QueuePauseOptions& options, OperationFacts& told, Context& context) {
  const std::string verb = verb_of(options);
  WriteTarget target = open_target(choose_source({}, "", context), options.write.system, {}, context);
  JobAdministration& administration = target.administration();
  const ActionOffer offer = administration.offer_pause();
  if (!offer.possible) throw Error(ErrorKind::refused, offer.reason).with_hint(offer.nearest);
  if (!options.force)
    require_known_queue(*target.store, options.queue, "An empty queue is not known; --force accepts the name as typed",
                        context.limits);
  const std::optional<QueueFacts> facts = queue_facts(*target.store, options.queue, context.limits);
  const std::string effect = options.paused ? offer.effect : "workers take jobs from the queue again";
  Operation operation = begin_operation(verb, target, told, context);
  operation.filter = "queue " + options.queue;
  if (options.write.dry_run) {
    print(options, {Untrusted(options.queue), Outcome::done, "", {}}, facts, effect, operation, target, context);
    if (!context.format.machine && facts && !wants_sentences(context))
      for (const std::string& line : jobs_lines(options, *facts)) context.notices.note(line);
    context.notices.note("nothing was changed (--dry-run): " + effect);
    return ExitCode::done;
  }
  const ConfirmationRequest question{target.source(),
                                     1,
                                     false,
                                     verb,
                                     summary(options, facts, offer, effect, target, context.surroundings.message_width),
                                     "queue " + in_quotes(options.queue)};
  const Confirmation answer = confirm(question, options.write, context);
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
  keep_change(report, operation, context);
  finish_operation(operation, audit, told, context);
  print(options, report, facts, effect, operation, target, context);
  if (!context.format.machine && report.outcome == Outcome::done) {
    if (facts && !wants_sentences(context))
      for (const std::string& line : jobs_lines(options, *facts)) context.notices.note(line);
    if (!operation.kept.empty())
      context.notices.note("to undo it: " + undo_command(operation, target.source(), context));
  }
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
