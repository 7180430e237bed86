// `job restore`: what a backup holds is put back where it is missing. A plan too: looked at, confirmed, done.
#include <algorithm>
#include <functional>
#include <memory>
#include <string>

#include "commands/change/apply_plan.hpp"
#include "commands/change/audit_log.hpp"
#include "commands/change/backup_file.hpp"
#include "commands/change/confirm.hpp"
#include "commands/change/fact_lines.hpp"
#include "commands/change/newer_backups.hpp"
#include "commands/change/write_options.hpp"
#include "commands/change/write_report.hpp"
#include "commands/change/write_target.hpp"
#include "commands/command.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/count_words.hpp"
#include "commands/report/outcomes.hpp"
#include "commands/report/shell_word.hpp"
#include "commands/report/suggestion.hpp"
#include "formatters/escape.hpp"
#include "model/connection_url.hpp"

namespace queuetrace {
namespace {

struct JobRestoreOptions {
  std::string file;
  bool force = false;  ///< into another source than it came from
  WriteOptions write;
};

constexpr Option<JobRestoreOptions> own_options[] = {
    {{.names = "FILE",
      .help = "Backup written by purge, job delete or --backup",
      .words = ValueWords::files,
      .required = true},
     into<&JobRestoreOptions::file>},
    {{.names = "--force", .help = "Also restore into a different source"}, into<&JobRestoreOptions::force>},
};

/// How each record fared, or would.
using RecordSink = std::function<void(const TargetReport&)>;

/// What reading the whole file said of it.
struct BackupFacts {
  std::uint64_t records = 0;
  bool torn = false;
  bool finished = false;
};

/// A chunk ends with the record that brings it here: all of it is held in memory, decoded once more.
constexpr std::uint64_t most_chunk_bytes = 8u << 20;

/// Gives all records to the store. `work` is asked for the size of each chunk and whether to go on.
BackupFacts restore_all(BackupReader& reader, JobAdministration& administration, bool dry_run, ChunkedWork& work,
                        const RecordSink& sink) {
  BackupFacts facts;
  std::vector<BackupRecord> chunk;
  const auto restore = [&] {
    return work.run(chunk.size(), [&] {
      for (const TargetReport& report :
           work.hold([&] { return administration.restore(chunk, dry_run, work.limits()); })) {
        sink(report);
        if (report.outcome == Outcome::unknown) work.lose();
      }
    });
  };
  bool going = true;
  std::uint64_t bytes = 0;
  while (std::optional<BackupRecord> record = reader.next()) {
    ++facts.records;
    if (!going) continue;
    bytes += record->content.size();
    chunk.push_back(std::move(*record));
    if (chunk.size() < work.chunk() && bytes < most_chunk_bytes) continue;
    going = restore();
    chunk.clear();
    bytes = 0;
  }
  if (going && !chunk.empty()) restore();
  facts.torn = reader.torn();
  facts.finished = reader.finished();
  return facts;
}

void check_fit(const BackupReader& backup, const JobRestoreOptions& options, const WriteTarget& target) {
  const SystemInfo& system = target.store->system();
  if (backup.system() != system.name)
    throw Error(ErrorKind::refused, "the backup holds jobs of " + in_quotes(backup.system()) + ", but source '" +
                                        target.source().name + "' holds " + std::string(system.name))
        .with_hint("name the source it came from with --source");
  const std::string here = masked_url(target.source().url.reveal());
  if (!options.force && backup.target() != here)
    throw Error(ErrorKind::refused,
                "the backup came from " + in_quotes(backup.target()) + ", but this is " + in_quotes(here))
        .with_hint("if that is intended, --force restores the jobs here");
}

Target target_of(const TargetReport& report, const WriteTarget& target) {
  Target one;
  one.job.ref = {target.store->address(), report.id};
  return one;
}

ChunkedWork work_on(const JobRestoreOptions& options, const JobAdministration& administration, const Context& context,
                    const std::string& doing, std::uint64_t total) {
  const std::size_t largest = administration.largest_chunk();
  const std::size_t chunk = options.write.chunk == 0 ? largest : std::min<std::size_t>(largest, options.write.chunk);
  return {context, Pace(chunk, options.write.rate), doing, total};
}

std::string summary(const JobRestoreOptions& options, const BackupReader& backup, const OutcomeCounts& counts,
                    const WriteTarget& target, int width) {
  FactLines lines(width);
  lines.add("restore", "jobs that are missing are put back as they were");
  lines.add_given("source", target.store->address() + (target.source().is_protected ? " (protected)" : ""));
  lines.add_given("database", masked_url(target.source().url.reveal()));
  lines.add_given("backup", in_quotes(options.file));
  lines.add_given("made by", terminal_text(backup.operation(), Profile::ident));
  std::string count = count_words(counts[Outcome::done], "job") + " to restore";
  if (counts[Outcome::already] > 0) count += "; " + grouped(counts[Outcome::already]) + " already there";
  if (counts[Outcome::skipped] > 0) count += "; " + grouped(counts[Outcome::skipped]) + " skipped";
  lines.add("count", count);
  return lines.text();
}

void say_damage(const BackupFacts& facts, const Context& context) {
  if (facts.torn)
    context.notices.warning("the last line of the backup was cut off by a crash; what it held was never deleted");
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
    if (names.size() < most_named) names.push_back(shell_word(path.string()));
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
WriteTarget open_place(const JobRestoreOptions& options, const BackupReader& backup, const Context& context) {
  Source source = choose_source({}, backup.source(), context);
  const std::string system = options.write.system.empty() ? backup.system() : options.write.system;
  try {
    return open_target(source, system, {}, context);
  } catch (const Error& error) {
    if (source.system || (error.kind() != ErrorKind::not_found && error.kind() != ErrorKind::usage)) throw;
    source.system = system;
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
Comparison compare(BackupReader& backup, const JobRestoreOptions& options, WriteTarget& target, Context& context) {
  Comparison compared;
  std::optional<WriteReport> plan;
  if (options.write.dry_run) plan.emplace(context);
  ChunkedWork work = work_on(options, target.administration(), context, "comparing", 0);
  compared.facts = restore_all(backup, target.administration(), true, work, [&](const TargetReport& report) {
    ++compared.counts[report.outcome];
    if (plan) plan->add(target_of(report, target), report);
  });
  compared.end = work.end();
  if (compared.end.reason == ChunkedEnd::Reason::interrupted) return compared;
  throw_failure(compared.end);
  say_damage(compared.facts, context);
  if (compared.counts[Outcome::done] > 0) say_newer(backup, *target.store, context);
  if (plan) plan->finish(0, {{"result", std::string("dry run")}});
  return compared;
}

/// The command that puts the rest back.
std::string command_to_go_on(const std::filesystem::path& path, std::uint64_t jobs, const WriteTarget& target,
                             const Context& context) {
  std::vector<std::string> words{"job", "restore", path.string()};
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
                                             {"trace_id", operation.trace_id}});
}

/// Puts back what was confirmed, records it and reports it.
ExitCode put_back(const JobRestoreOptions& options, const Comparison& compared, WriteTarget& target,
                  OperationFacts& told, Context& context) {
  const std::filesystem::path path = std::filesystem::absolute(options.file);
  const std::uint64_t records = compared.facts.records;
  Operation operation =
      begin_operation("restore", target.source(), std::string(target.store->system().name), told, context);
  operation.backup = path.string();
  AuditLog audit(operation, context.surroundings.environment);
  const std::string go_on = command_to_go_on(path, compared.counts[Outcome::done], target, context);
  OperationJournal journal(operation, records, go_on, "", context.surroundings.environment);
  ChunkedWork work = work_on(options, target.administration(), context, "restore", records);
  WriteReport report(context);
  BackupReader backup(path);
  restore_all(backup, target.administration(), false, work,
              [&](const TargetReport& one) { report.add(target_of(one, target), one); });
  const ChunkedEnd& end = work.end();
  const ExitCode code = exit_code_of(end, report.counts(), compared.facts);
  operation.counts = report.counts();
  operation.counts.not_tried = records - std::min(records, work.tried());
  operation.result = to_word(end.reason);
  if (operation.result == "done" && code == ExitCode::partial) operation.result = "partial";
  finish_operation(operation, audit, told, context);
  if (is_over(end)) journal.close();
  if (end.reason == ChunkedEnd::Reason::all) settle_operations(path.string(), context.surroundings.environment);
  finish_report(report, operation);
  if (end.error) context.notices.warning(one_line(*end.error));
  if (end.reason != ChunkedEnd::Reason::all)
    context.notices.warning(operation.result + ", " + count_words(operation.counts.not_tried, "job") +
                            " not tried. Continue with: " + go_on);
  return code;
}

ExitCode restore(const JobRestoreOptions& options, OperationFacts& told, Context& context) {
  BackupReader backup(std::filesystem::absolute(options.file));
  WriteTarget target = open_place(options, backup, context);
  check_fit(backup, options, target);
  const Comparison compared = compare(backup, options, target, context);
  if (compared.end.reason == ChunkedEnd::Reason::interrupted) return ExitCode::interrupted;
  if (options.write.dry_run) {
    context.notices.note("nothing was changed (--dry-run); done: would be restored");
    return exit_code_of(compared.end, compared.counts, compared.facts);
  }
  if (const std::uint64_t jobs = compared.counts[Outcome::done]; jobs > 0) {
    const std::string facts = summary(options, backup, compared.counts, target, context.surroundings.message_width);
    const Confirmation answer = confirm({target.source(), jobs, true, "restore", facts}, options.write, context);
    if (answer == Confirmation::interrupted) return ExitCode::interrupted;
    if (answer == Confirmation::declined) throw Error(ErrorKind::refused, "not confirmed; nothing was changed");
  }
  return put_back(options, compared, target, told, context);
}

/// done, too when everything was already there; partial when something could not be put back, or the file was cut;
/// otherwise as change_jobs().
ExitCode job_restore(const JobRestoreOptions& options, Context& context) {
  return traced_operation("restore", context, [&](OperationFacts& told) {
    told.dry_run = options.write.dry_run;
    return restore(options, told, context);
  });
}

}  // namespace

CommandForm form(At<"job restore">) {
  const auto options = std::make_shared<JobRestoreOptions>();
  CommandForm form(options, job_restore);
  form.takes(*options, own_options);
  form.takes(options->write, confirmation_options());
  form.takes(options->write, pace_options());
  return form;
}

}  // namespace queuetrace
