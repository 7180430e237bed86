// `job restore`: what a backup holds is put back where it is missing.
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <vector>

#include "commands/change/audit_history.hpp"
#include "commands/change/backup_file.hpp"
#include "commands/change/put_back.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/suggestion.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

struct JobRestoreOptions {
  std::string file;    ///< or the operation that wrote it
  bool force = false;  ///< into another source than it came from
  WriteOptions write;
};

constexpr Option<JobRestoreOptions> options_of_restore[] = {
    {{.names = "FILE",
      .help = "Backup written by purge, job delete or --backup, or the operation that wrote it",
      .words = ValueWords::files,
      .required = true},
     into<&JobRestoreOptions::file>},
    {{.names = "--force", .help = "Also restore into a different source"}, into<&JobRestoreOptions::force>},
};

/// The file that is named: by its path, or as `history` names the operation that wrote it.
std::filesystem::path backup_named(const std::string& typed, const Context& context) {
  std::error_code ignored;
  const bool is_path = typed.find_first_of("/.") != std::string::npos || std::filesystem::exists(typed, ignored);
  if (is_path) return std::filesystem::absolute(typed);
  const std::vector<PastOperation> operations = past_operations(context.surroundings.environment);
  const PastOperation& past = find_operation(operations, typed);
  if (!past.backup.empty()) return past.backup;
  throw Error(ErrorKind::usage, "operation " + in_quotes(past.id) + " removed no jobs, so that it has no backup")
      .with_hint(past.is_kept() ? command_of({"undo", short_operation(past.id)}) : "`queuetrace history` lists them");
}

ExitCode restore(const JobRestoreOptions& options, OperationFacts& told, Context& context) {
  PutBackRequest request;
  request.verb = "restore";
  request.file = backup_named(options.file, context);
  request.force = options.force;
  request.again = {"job", "restore", request.file.string()};
  request.write = options.write;
  if (const BackupReader file(request.file); !file.is_removed())
    throw Error(ErrorKind::usage, "the file holds no jobs: it says what a change replaced")
        .with_hint("queuetrace undo " + file.operation());
  return put_back(request, told, context);
}

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
  form.takes(*options, options_of_restore);
  form.takes(options->write, confirmation_options());
  form.takes(options->write, pace_options());
  return form;
}

}  // namespace queuetrace
