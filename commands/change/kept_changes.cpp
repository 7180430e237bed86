#include "commands/change/kept_changes.hpp"

#include "commands/change/audit_history.hpp"
#include "commands/change/backup_file.hpp"
#include "commands/change/state_folder.hpp"
#include "commands/report/command_line.hpp"
#include "commands/report/outcomes.hpp"

namespace queuetrace {

std::filesystem::path changes_path(const Operation& operation, const Context& context) {
  return made_state_folder(context.surroundings.environment, "undo") / (operation.id + ".jsonl");
}

std::string undo_command(const Operation& operation, const Source& source, const Context& context) {
  std::vector<std::string> words{"undo", short_operation(operation.id)};
  for (const std::string& word : source_words(source, context)) words.push_back(word);
  return command_of(words);
}

void keep_change(const TargetReport& report, Operation& operation, const Context& context) {
  if (report.undo.empty()) return;
  try {
    const std::filesystem::path path = changes_path(operation, context);
    BackupWriter file(path, {Kept::changes,
                             operation.id,
                             operation.source,
                             operation.target,
                             operation.system,
                             {{"kind", operation.verb}},
                             operation.filter,
                             operation.started});
    file.add({{report.id, report.undo}});
    file.finish();
    operation.kept = path.string();
  } catch (const Error& error) {
    context.notices.warning("the change cannot be undone: " + one_line(error));
  }
}

}  // namespace queuetrace
