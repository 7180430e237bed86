#include "commands/change/apply_change.hpp"

#include <algorithm>
#include <optional>
#include <set>

#include "commands/change/apply_plan.hpp"
#include "commands/change/audit_history.hpp"
#include "commands/change/audit_log.hpp"
#include "commands/change/change_end.hpp"
#include "commands/change/confirm.hpp"
#include "commands/change/json_line.hpp"
#include "commands/change/kept_changes.hpp"
#include "commands/change/kept_file.hpp"
#include "commands/change/operation.hpp"
#include "commands/change/operation_journal.hpp"
#include "commands/change/plan_targets.hpp"
#include "commands/change/plan_view.hpp"
#include "commands/change/plan_words.hpp"
#include "commands/change/pruned_changes.hpp"
#include "commands/change/rest_of_plan.hpp"
#include "commands/change/state_folder.hpp"
#include "commands/change/write_report.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

std::filesystem::path backup_path(const ChangeRequest& request, const ActionOffer& offer, const Operation& operation,
                                  const Context& context) {
  if (request.write.no_backup) return {};
  if (!request.write.backup.empty()) return std::filesystem::absolute(request.write.backup);
  if (!offer.removes) return {};
  return made_state_folder(context.surroundings.environment, "backups") / (operation.id + ".jsonl");
}

Pace pace_of(const WriteOptions& options, const JobAdministration& administration) {
  const std::size_t largest = administration.largest_chunk();
  return {options.chunk == 0 ? largest : std::min<std::size_t>(largest, options.chunk), options.rate};
}

/// What takes the operation back; a backup that the user named is put back by its name.
std::string undo_of(const ChangeRequest& request, const Operation& operation, const WriteTarget& target,
                    const Context& context) {
  if (operation.backup.empty() && operation.kept.empty()) return {};
  if (!operation.kept.empty() || request.write.backup.empty()) return undo_command(operation, target.source(), context);
  std::vector<std::string> words{"job", "restore", operation.backup};
  for (const std::string& word : source_words(target.source(), context)) words.push_back(word);
  return command_of(words);
}

/// A change that is under way.
struct Change {
  const ChangeRequest& request;
  ReadyPlan& plan;
  WriteTarget& target;
  Context& context;
};

/// Where a stopped change is to go on.
struct Rest {
  std::filesystem::path plan;
  std::string complete;  ///< the command
};

/// Writes what was not done as a plan of its own, and names it in the journal, so that going on does not ask again for
/// what is done. Where that cannot be, the whole plan is as good: what is done is found to be so.
std::optional<Rest> keep_rest(const Change& change, std::uint64_t tried, const std::set<Untrusted>& doubtful,
                              OperationJournal& journal) {
  const auto& [request, plan, target, context] = change;
  if (tried == 0 || plan.wanted) return std::nullopt;
  try {
    Rest rest;
    rest.plan = made_state_folder(context.surroundings.environment, "plans") /
                (dated_name(context.now(), request.verb, target.source().name) + ".jsonl");
    const PlanCounts counts = write_rest_of_plan(plan.path, tried, doubtful, rest.plan);
    KeptFile kept(rest.plan);
    rest.complete = plan_command(request, rest.plan, counts, target, context);
    journal.go_on(rest.plan.string(), rest.complete);
    kept.keep();
    return rest;
  } catch (const Error& error) {
    context.notices.warning("the rest of the plan was not saved: " + one_line(error));
    return std::nullopt;
  }
}

/// Asks where it must. Throws Error{refused} when the answer is no.
Confirmation confirm_change(const Change& change, const ActionOffer& offer, const Operation& operation) {
  const auto& [request, plan, target, context] = change;
  std::string undo = undo_of(request, operation, target, context);
  if (!operation.kept.empty()) undo += std::string(" (what it replaces is kept for ") + kept_for + ")";
  const bool ours = request.write.backup.empty() && !operation.backup.empty();
  const PlanFacts facts{request.verb,
                        &target.source(),
                        std::string(target.store->system().title),
                        &plan.header,
                        &plan.counts,
                        offer,
                        ours ? short_operation(operation.id) : operation.backup,
                        request.new_queue,
                        undo};
  ConfirmationRequest question{target.source(), plan.counts.act, plan.is_bulk || plan.by_prefix, request.verb,
                               plan_summary(facts, context)};
  if (request.action.kind == ActionKind::move)
    question.what = count_words(plan.counts.act, "job") + " to " + in_quotes(plan.header.action.queue);
  if (!asks(question, request.write, context))  // who is asked has read them above the question
    for (const std::string& warning : plan.counts.warnings) context.notices.warning(warning);
  const Confirmation answer = confirm(question, request.write, context);
  if (answer == Confirmation::declined) throw Error(ErrorKind::refused, "not confirmed; nothing was changed");
  return answer;
}

/// What the operation keeps.
struct KeptFiles {
  std::optional<BackupWriter> backup, changes;
};

/// Gives the plan its name and begins the files. What fails here leaves neither the journal nor the plan behind.
KeptFiles begin_files(ReadyPlan& plan, const Operation& operation, OperationJournal& journal) {
  std::optional<KeptFile> named;
  KeptFiles files;
  KeptHeader header{Kept::jobs,
                    operation.id,
                    plan.header.source,
                    plan.header.target,
                    plan.header.system,
                    operation.address,
                    action_fields(plan.header.action),
                    plan.header.filter,
                    plan.header.made_at};
  try {
    if (plan.unnamed) {
      plan.unnamed->give_name(plan.path);
      named.emplace(plan.path);
      plan.unnamed.reset();  // read by its name from here on
    }
    if (!operation.backup.empty()) files.backup.emplace(operation.backup, header);
    header.kept = Kept::changes;
    if (!operation.kept.empty()) files.changes.emplace(operation.kept, header);
  } catch (...) {
    journal.close();
    throw;
  }
  if (named) named->keep();  // from here on it says how to go on
  return files;
}

/// The command that does the rest of a plan that has no list: the same again, with what confirms it.
std::string command_again(const Change& change) {
  std::vector<std::string> more;
  if (change.request.write.confirm.empty()) more.push_back("--confirm=" + change.target.source().name);
  return command_with(change.context, more);
}

/// The command that waits for the jobs that are to run again, for people; empty where none is.
std::string fare_of(const Change& change, const Operation& operation) {
  const ActionKind kind = change.plan.header.action.kind;
  const bool run = kind == ActionKind::retry || kind == ActionKind::move;
  if (!run || operation.kept.empty() || operation.counts[Outcome::done] == 0 || !is_for_people(change.context))
    return {};
  std::vector<std::string> words{"wait", "--operation", short_operation(operation.id)};
  for (const std::string& word : source_words(change.target.source(), change.context)) words.push_back(word);
  return command_of(words);
}

/// The report of a plan in which nothing is to be done.
ExitCode report_nothing(const Change& change) {
  const auto& [request, plan, target, context] = change;
  WriteReport report(context);
  PlanTargets targets(plan, target, context);
  while (const std::optional<Target> one = targets.next()) {
    const Outcome outcome = one->verdict == Verdict::already ? Outcome::already : Outcome::skipped;
    report.add(*one, {one->job.ref.id, outcome, one->reason, {}});
  }
  report.finish(0, {{"result", std::string("done")}});
  for (const std::string& warning : plan.counts.warnings) context.notices.warning(warning);
  if (!context.format.machine) context.notices.note("nothing to do");
  return !plan.is_bulk && plan.counts.skip > 0 ? ExitCode::refused : ExitCode::done;
}

/// Does what was confirmed, records it and reports it.
ExitCode carry_out(const Change& change, Operation& operation, OperationFacts& told) {
  const auto& [request, plan, target, context] = change;
  AuditLog audit(operation, context.surroundings.environment);  // what cannot be recorded is not done
  std::string complete =
      plan.wanted ? command_again(change) : plan_command(request, plan.path, plan.counts, target, context);
  const std::string undo = undo_of(request, operation, target, context);
  operation.plan = plan.path.string();
  // The journal comes before the name of the plan and goes after it, so that no plan file is left unreported.
  OperationJournal journal(operation, plan.counts.act, complete, undo, context.surroundings.environment);
  std::optional<KeptFile> spent;
  KeptFiles files = begin_files(plan, operation, journal);

  ChunkedWork work(context, pace_of(request.write, target.administration()), request.verb, plan.counts.act);
  const std::stop_callback stopping(context.limits.stop, [&notices = context.notices] {
    notices.note("stopping after this chunk; Ctrl-C again ends at once");
  });
  WriteReport report(context);
  PlanTargets targets(plan, target, context);
  std::set<Untrusted> doubtful;
  std::uint64_t left_alone = 0;
  apply_plan(
      target.administration(), plan.header.action, [&targets] { return targets.next(); },
      files.backup ? &*files.backup : nullptr, files.changes ? &*files.changes : nullptr, journal, work,
      [&](const Target& one, const TargetReport& how) {
        if (one.verdict == Verdict::skip) ++left_alone;
        report.add(one, how);
        // `failed` includes jobs of a chunk that were never sent because the store was lost.
        if (how.outcome == Outcome::unknown || how.outcome == Outcome::failed) doubtful.insert(one.job.ref.id);
      });
  const ChunkedEnd& end = work.end();
  const bool ended = end.reason == ChunkedEnd::Reason::all;
  if (files.backup) finish_kept(*files.backup, ended, operation.backup, context);
  if (files.changes) finish_kept(*files.changes, ended, operation.kept, context);
  const std::optional<Rest> rest = ended ? std::nullopt : keep_rest(change, work.tried(), doubtful, journal);
  if ((ended || rest) && !plan.wanted &&
      plan.path.parent_path() == state_folder(context.surroundings.environment) / "plans")
    spent.emplace(plan.path);  // ours, and of no more use
  if (ended && spent) operation.plan.clear();
  if (rest) {
    operation.plan = rest->plan.string();
    complete = rest->complete;
  }

  if (plan.wanted) plan.counts.skip = left_alone;  // others may have changed since they were counted
  const ExitCode code = exit_code_of(end, report.counts(), plan.is_bulk ? plan.counts.skip : 0);
  operation.counts = report.counts();
  const bool all_tried = plan.wanted && ended;
  operation.counts.not_tried = all_tried ? 0 : plan.counts.act - std::min(plan.counts.act, work.tried());
  operation.result = ended && code == ExitCode::partial ? "partial" : to_word(end.reason);
  finish_operation(operation, audit, told, context);
  if (is_over(end)) journal.close();
  if (ended || rest) settle_operations(plan.path.string(), context.surroundings.environment);
  if (ended) settle_repeated(command_again(change), context.surroundings.environment);
  finish_report(report, operation, fare_of(change, operation));
  say_end(end, operation, complete, undo, context);
  if (targets.more())
    context.notices.note("more jobs match by now than were counted: the same command again changes those, too");
  return code;
}

}  // namespace

std::string plan_command(const ChangeRequest& request, const std::filesystem::path& plan, const PlanCounts& counts,
                         const WriteTarget& target, const Context& context) {
  std::vector<std::string> words;
  for (std::size_t begin = 0; begin < request.command.size();) {
    const std::size_t end = std::min(request.command.find(' ', begin), request.command.size());
    words.push_back(request.command.substr(begin, end - begin));
    begin = end + 1;
  }
  words.insert(words.end(), {"--plan", plan.string()});
  for (const std::string& word : source_words(target.source(), context)) words.push_back(word);
  const ConfirmationRequest asked{target.source(), counts.act, true, "", {}};
  words.push_back(needed_confirmation(asked, {}) == NeededConfirmation::name ? "--confirm=" + target.source().name
                                                                             : "--yes");
  if (counts.act > WriteOptions().max) words.insert(words.end(), {"--max", std::to_string(counts.act)});
  if (request.write.no_backup) words.emplace_back("--no-backup");
  if (counts.truncated) words.emplace_back("--accept-truncated");
  return command_of(words);
}

ExitCode apply_change(const ChangeRequest& request, ReadyPlan plan, const ActionOffer& offer, WriteTarget& target,
                      OperationFacts& told, Context& context) {
  const Change change{request, plan, target, context};
  if (plan.counts.act == 0) return report_nothing(change);
  Operation operation = begin_operation(request.verb, target, told, context);
  operation.filter = plan.header.filter;
  operation.backup = backup_path(request, offer, operation, context).string();
  if (!request.write.no_backup && !offer.removes) operation.kept = changes_path(operation, context).string();
  if (confirm_change(change, offer, operation) == Confirmation::interrupted) return ExitCode::interrupted;
  return carry_out(change, operation, told);
}

}  // namespace queuetrace
