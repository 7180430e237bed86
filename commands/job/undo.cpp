// `undo`: the newest change, or the one that is named, is taken back where nobody has touched its jobs since.
#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>

#include "commands/change/admin_operation.hpp"
#include "commands/change/audit_history.hpp"
#include "commands/change/audit_log.hpp"
#include "commands/change/pruned_changes.hpp"
#include "commands/change/put_back.hpp"
#include "commands/command.hpp"
#include "commands/context.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/suggestion.hpp"
#include "model/error.hpp"

namespace queuetrace {
namespace {

struct UndoOptions {
  std::string operation;  ///< empty: the newest that can be undone
  WriteOptions write;
};

constexpr Option<UndoOptions> options_of_undo[] = {
    {{.names = "OPERATION", .help = "Operation, as history lists it (default: your newest change that can be undone)"},
     into<&UndoOptions::operation>},
};

/// Whether it is of a source that was asked for.
bool is_selected(const PastOperation& one, const Context& context) {
  return context.sources.empty() ||
         std::ranges::any_of(context.sources, [&](const Source& source) { return source.name == one.source; });
}

std::filesystem::path kept_file(const PastOperation& one) { return one.kept.empty() ? one.backup : one.kept; }

bool is_still_kept(const PastOperation& one) {
  std::error_code error;
  return one.is_kept() && std::filesystem::exists(kept_file(one), error);
}

/// The command that undoes it, which names its source as it is named now.
std::string command_for(const PastOperation& one, const Context& context) {
  const bool configured = std::ranges::any_of(context.configuration.sources,
                                              [&](const Source& source) { return source.name == one.source; });
  return command_of({"undo", short_operation(one.id), "-s", configured ? one.source : one.target});
}

const PastOperation& newest(const std::vector<PastOperation>& operations, const Context& context) {
  const std::string user = current_operator().user;
  const PastOperation* elsewhere = nullptr;
  for (auto one = operations.rbegin(); one != operations.rend(); ++one) {
    const bool is_undone = !one->undone_by.empty() && !one->undone_in_part;
    if (!is_still_kept(*one) || !one->undoes.empty() || is_undone || one->user != user) continue;
    if (is_selected(*one, context)) return *one;
    if (elsewhere == nullptr) elsewhere = &*one;
  }
  if (elsewhere == nullptr)
    throw Error(ErrorKind::not_found, "there is no change of " + user + " that can be undone")
        .with_hint("`queuetrace history` lists the changes");
  std::vector<std::string> names;
  for (const Source& source : context.sources) names.push_back(source.name);
  throw Error(ErrorKind::not_found, "there is no change of " + user + " in " + joined(names) +
                                        " that can be undone; the newest elsewhere is a " + elsewhere->verb + " in " +
                                        in_quotes(elsewhere->source))
      .with_hint("to undo that one: " + command_for(*elsewhere, context));
}

ExitCode undo(const UndoOptions& options, OperationFacts& told, Context& context) {
  const std::vector<PastOperation> operations = past_operations(context.surroundings.environment);
  const PastOperation& past =
      options.operation.empty() ? newest(operations, context) : find_operation(operations, options.operation);
  if (!past.is_kept())
    throw Error(ErrorKind::refused, "nothing was kept of " + in_quotes(past.id) + "; nothing was changed")
        .with_hint(past.undoes.empty() ? "it changed nothing, ran with --no-backup, or is of an older release"
                                       : "it is an undo itself: repeat the change that it undid");
  if (!past.kept.empty() && !is_still_kept(past))
    throw Error(ErrorKind::refused, "what " + in_quotes(past.id) + " replaced is no longer kept; nothing was changed")
        .with_hint(std::string("it is kept for ") + kept_for);
  PutBackRequest request;
  request.verb = "undo";
  request.file = kept_file(past);
  request.undoes = past.id;
  request.what = past.verb;
  request.again = {"undo", past.id};
  request.write = options.write;
  return put_back(request, told, context);
}

/// As job_restore(); refused where nothing was kept; partial where jobs have moved on since.
ExitCode undo_operation(const UndoOptions& options, Context& context) {
  return traced_operation("undo", context, [&](OperationFacts& told) {
    told.dry_run = options.write.dry_run;
    return undo(options, told, context);
  });
}

}  // namespace

CommandForm form(At<"undo">) {
  const auto options = std::make_shared<UndoOptions>();
  CommandForm form(options, undo_operation);
  form.takes(*options, options_of_undo);
  form.takes(options->write, confirmation_options());
  form.takes(options->write, pace_options());
  return form;
}

}  // namespace queuetrace
