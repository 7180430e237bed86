#include "commands/change/put_back.hpp"

#include <algorithm>
#include <cctype>
#include <string>

#include "commands/change/apply_plan.hpp"
#include "commands/change/audit_history.hpp"
#include "commands/change/audit_log.hpp"
#include "commands/change/backup_file.hpp"
#include "commands/change/confirm.hpp"
#include "commands/change/fact_lines.hpp"
#include "commands/change/json_line.hpp"
#include "commands/change/newer_backups.hpp"
#include "commands/change/put_back_records.hpp"
#include "commands/change/write_report.hpp"
#include "commands/change/write_target.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/escape.hpp"
#include "model/connection_url.hpp"
#include "model/count_words.hpp"

namespace queuetrace {
namespace {

void check_fit(const BackupReader& backup, const PutBackRequest& request, const WriteTarget& target) {
  const SystemInfo& system = target.store->system();
  if (backup.system() != system.name)
    throw Error(ErrorKind::refused, "the backup holds jobs of " + in_quotes(backup.system()) + ", but source '" +
                                        target.source().name + "' holds " + std::string(system.name))
        .with_hint("name the source it came from with --source");
  const std::string here = masked_url(target.source().url.reveal());
  if (!request.force && backup.target() != here)
    throw Error(ErrorKind::refused,
                "the backup came from " + in_quotes(backup.target()) + ", but this is " + in_quotes(here))
        .with_hint("if that is intended, --force restores the jobs here");
}

Target target_of(const TargetReport& report, const WriteTarget& target) {
  Target one;
  one.job.ref = {target.store->address(), report.id};
  return one;
}

ChunkedWork work_on(const PutBackRequest& request, const JobAdministration& administration, const Context& context,
                    const std::string& doing, std::uint64_t total) {
  const std::size_t largest = administration.largest_chunk();
  const std::size_t chunk = request.write.chunk == 0 ? largest : std::min<std::size_t>(largest, request.write.chunk);
  return {context, Pace(chunk, request.write.rate), doing, total};
}

bool is_pause(const BackupReader& file) { return file.action() == "pause" || file.action() == "resume"; }

std::string effect_of(const BackupReader& file) {
  if (is_pause(file)) return "the queue is as it was before it was " + std::string(file.action()) + "d";
  return file.is_removed() ? "jobs that are missing are put back as they were"
                           : "jobs that are as the change left them get back what it replaced";
}

/// What the question is about, where it is not a number of jobs.
std::string subject_of(const PutBackRequest& request, const BackupReader& file) {
  return is_pause(file) && !request.what.empty() ? "the " + request.what + " of " + file.filter() : "";
}

std::string_view past_of(const PutBackRequest& request) { return request.undoes.empty() ? "restored" : "undone"; }

std::vector<Phrase> summary(const PutBackRequest& request, const BackupReader& file, const OutcomeCounts& counts,
                            const WriteTarget& target, int width) {
  std::string headline = request.verb + " " + count_words(counts[Outcome::done], is_pause(file) ? "queue" : "job") +
                         " in " + target.store->address() + (target.source().is_protected ? ", PROTECTED" : "");
  headline.front() = static_cast<char>(std::toupper(static_cast<unsigned char>(headline.front())));
  if (counts[Outcome::already] > 0) headline += "; " + grouped(counts[Outcome::already]) + " already as before";
  if (counts[Outcome::changed] > 0) headline += "; " + grouped(counts[Outcome::changed]) + " changed since, left alone";
  if (counts[Outcome::skipped] > 0) headline += "; " + grouped(counts[Outcome::skipped]) + " skipped";
  FactLines lines(width, headline);
  lines.add_given("database", masked_url(target.source().url.reveal()));
  // Ours is named by its operation.
  if (request.undoes.empty() && request.file.stem() != file.operation())
    lines.add_given("backup", in_quotes(request.file.string()));
  lines.add_given("made by", terminal_text(file.operation(), Profile::ident));
  if (!file.filter().empty())
    lines.add_given(is_pause(file) ? "of" : "jobs", terminal_text(file.filter(), Profile::text));
  lines.add("what", effect_of(file));
  return lines.phrases();
}

void say_damage(const BackupFacts& facts, bool removed, const Context& context) {
  if (facts.torn)
    context.notices.warning(removed
                                ? "the last line of the backup was cut off by a crash; what it held was never deleted"
                                : "the last line of what was kept was cut off by a crash; that job is left as it is");
  else if (!facts.finished)
    context.notices.note("the operation that made the backup did not finish");
}

/// The places in a list are those it had when the backup was made: what was removed later must be back before.
void say_newer(const BackupReader& backup, const JobStore& store, const Context& context) {
  if (store.system().family != StorageFamily::redis) return;
  const std::vector<std::filesystem::path> newer = newer_backups(backup, context.surroundings.environment);
  if (newer.empty()) return;
  constexpr std::size_t most_named = 3;
  std::vector<std::string> names;
  for (const std::filesystem::path& path : newer)
    if (names.size() < most_named) names.push_back(short_operation(path.stem().string()));
  context.notices.warning(
      "jobs return to their places in lists only if the newest backup is restored first; this source has " +
      (newer.size() == 1 ? std::string("a newer one") : count_words(newer.size(), "newer one")) +
      ", unless restored already: " + joined(names) + (newer.size() > most_named ? ", ..." : ""));
}

/// What stopped the look at the backup, told as the command's own failure.
void throw_failure(const ChunkedEnd& end) {
  if (end.error) throw Error(*end.error);
  if (end.reason == ChunkedEnd::Reason::timed_out)
    throw Error(ErrorKind::unreachable, "time ran out before the backup was compared; nothing was changed");
}

ExitCode exit_code_of(const ChunkedEnd& end, const OutcomeCounts& counts, const BackupFacts& facts) {
  switch (end.reason) {
    case ChunkedEnd::Reason::interrupted: return ExitCode::interrupted;
    case ChunkedEnd::Reason::lost: return ExitCode::unreachable;
    case ChunkedEnd::Reason::failed: return exit_code_of(end.error->kind());
    case ChunkedEnd::Reason::timed_out: return ExitCode::partial;
    case ChunkedEnd::Reason::all: break;
  }
  const bool all = counts[Outcome::skipped] == 0 && counts[Outcome::failed] == 0 && counts[Outcome::changed] == 0;
  return all && !facts.torn ? ExitCode::done : ExitCode::partial;
}

/// A store that was emptied shows no sign of the system whose jobs it held; the backup knows it.
WriteTarget open_place(const PutBackRequest& request, const BackupReader& backup, const Context& context) {
  Source source = request.undoes.empty() ? choose_source({}, backup.source(), context)
                                         : source_of_change(backup.source(), backup.target(), request.again, context);
  const std::string system = request.write.system.empty()
                                 ? store_of_change(backup.address(), backup.source(), backup.system())
                                 : request.write.system;
  try {
    return open_target(source, system, {}, context);
  } catch (const Error& error) {
    if (source.system || (error.kind() != ErrorKind::not_found && error.kind() != ErrorKind::usage)) throw;
    source.system = request.write.system.empty() ? backup.system() : request.write.system;
    try {
      return open_target(source, system, {}, context);
    } catch (const Error&) {
      throw error;
    }
  }
}

/// What the store says of a backup before anything is put back.
struct Comparison {
  BackupFacts facts;
  OutcomeCounts counts;
  ChunkedEnd end;
};

/// Reports every record when it is a dry run.
Comparison compare(BackupReader& backup, const PutBackRequest& request, WriteTarget& target, Context& context) {
  Comparison compared;
  std::optional<WriteReport> plan;
  if (request.write.dry_run) plan.emplace(context, subject_of(request, backup));
  ChunkedWork work = work_on(request, target.administration(), context, "comparing", 0);
  compared.facts = put_back_records(backup, target.administration(), true, work, [&](const TargetReport& report) {
    ++compared.counts[report.outcome];
    if (plan) plan->add(target_of(report, target), report);
  });
  compared.end = work.end();
  if (compared.end.reason == ChunkedEnd::Reason::interrupted) return compared;
  throw_failure(compared.end);
  say_damage(compared.facts, backup.is_removed(), context);
  if (compared.counts[Outcome::done] > 0 && backup.is_removed()) say_newer(backup, *target.store, context);
  if (plan)
    plan->finish(0,
                 {{"action", request.verb}, {"source", target.source().name}, {"result", std::string(dry_run_result)}});
  return compared;
}

/// The command that puts the rest back.
std::string command_to_go_on(const PutBackRequest& request, std::uint64_t jobs, const WriteTarget& target,
                             const Context& context) {
  std::vector<std::string> words = request.again;
  for (const std::string& word : source_words(target.source(), context)) words.push_back(word);
  words.emplace_back("--confirm=" + target.source().name);
  if (jobs > WriteOptions().max) words.insert(words.end(), {"--max", std::to_string(jobs)});
  return command_of(words);
}

void finish_report(WriteReport& report, const Operation& operation) {
  report.finish(operation.counts.not_tried, {{"operation", operation.id},
                                             {"action", operation.verb},
                                             {"source", operation.source},
                                             {"target", operation.target},
                                             {"system", operation.system},
                                             {"result", operation.result},
                                             {"backup", Untrusted(operation.backup)},
                                             {"undoes", data_or_nothing(operation.undoes)},
                                             {"trace_id", operation.trace_id}});
}

/// Puts back what was confirmed, records it and reports it.
ExitCode carry_out(const PutBackRequest& request, const Comparison& compared, WriteTarget& target, OperationFacts& told,
                   Context& context) {
  const std::uint64_t records = compared.facts.records;
  Operation operation = begin_operation(request.verb, target, told, context);
  BackupReader file(request.file);
  operation.backup = request.file.string();
  operation.undoes = file.operation();
  AuditLog audit(operation, context.surroundings.environment);
  const std::string go_on = command_to_go_on(request, compared.counts[Outcome::done], target, context);
  OperationJournal journal(operation, records, go_on, "", context.surroundings.environment);
  ChunkedWork work = work_on(request, target.administration(), context, request.verb, records);
  WriteReport report(context, subject_of(request, file));
  put_back_records(file, target.administration(), false, work,
                   [&](const TargetReport& one) { report.add(target_of(one, target), one); });
  const ChunkedEnd& end = work.end();
  const ExitCode code = exit_code_of(end, report.counts(), compared.facts);
  operation.counts = report.counts();
  operation.counts.not_tried = records - std::min(records, work.tried());
  operation.result = to_word(end.reason);
  if (operation.result == "done" && code == ExitCode::partial) operation.result = "partial";
  finish_operation(operation, audit, told, context);
  if (is_over(end)) journal.close();
  if (end.reason == ChunkedEnd::Reason::all) settle_operations(request.file.string(), context.surroundings.environment);
  finish_report(report, operation);
  if (end.error) context.notices.warning(one_line(*end.error));
  if (end.reason != ChunkedEnd::Reason::all)
    context.notices.warning(operation.result + ", " +
                            count_words(operation.counts.not_tried, is_pause(file) ? "queue" : "job") +
                            " not tried. Continue with: " + go_on);
  return code;
}

}  // namespace

ExitCode put_back(const PutBackRequest& request, OperationFacts& told, Context& context) {
  BackupReader file(request.file);
  WriteTarget target = open_place(request, file, context);
  check_fit(file, request, target);
  const Comparison compared = compare(file, request, target, context);
  if (compared.end.reason == ChunkedEnd::Reason::interrupted) return ExitCode::interrupted;
  if (request.write.dry_run) {
    context.notices.note("nothing was changed (--dry-run)" +
                         (is_table(context) ? "" : "; done: would be " + std::string(past_of(request))));
    return exit_code_of(compared.end, compared.counts, compared.facts);
  }
  if (const std::uint64_t jobs = compared.counts[Outcome::done]; jobs > 0) {
    const std::vector<Phrase> facts =
        summary(request, file, compared.counts, target, context.surroundings.message_width);
    const Confirmation answer =
        confirm({target.source(), jobs, true, request.verb, facts, subject_of(request, file)}, request.write, context);
    if (answer == Confirmation::interrupted) return ExitCode::interrupted;
    if (answer == Confirmation::declined) throw Error(ErrorKind::refused, "not confirmed; nothing was changed");
  }
  return carry_out(request, compared, target, told, context);
}

}  // namespace queuetrace
