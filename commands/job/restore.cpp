// `job restore`: what a backup holds is put back where it is missing.
#include <filesystem>
#include <memory>
#include <string>

#include "commands/change/backup_file.hpp"
#include "commands/change/put_back.hpp"
#include "commands/command.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

struct JobRestoreOptions {
  std::string file;
  bool force = false;  ///< into another source than it came from
  WriteOptions write;
};

constexpr Option<JobRestoreOptions> options_of_restore[] = {
    {{.names = "FILE",
      .help = "Backup written by purge, job delete or --backup",
      .words = ValueWords::files,
      .required = true},
     into<&JobRestoreOptions::file>},
    {{.names = "--force", .help = "Also restore into a different source"}, into<&JobRestoreOptions::force>},
};

ExitCode restore(const JobRestoreOptions& options, OperationFacts& told, Context& context) {
  PutBackRequest request;
  request.verb = "restore";
  request.file = std::filesystem::absolute(options.file);
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
